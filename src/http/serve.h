#pragma once

#include <memory>

namespace jnlp::http {

class Exchange;

/// Has the route's handler answer: a quick one here, another on a request thread. When there is
/// neither a thread nor room in the queue, the answer is 503.
void serve(const std::shared_ptr<Exchange>& exchange);

}  // namespace jnlp::http
