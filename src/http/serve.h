#pragma once

#include <memory>

namespace jnlp::http {

class Exchange;
struct Request;
struct Response;
struct Route;

/// What a handler answers, or both stages of one, on this thread.
Response run_whole(const Route& route, const Request& request);

/// Has the route's handler answer: a quick one here, a staged one as far as it gets without
/// waiting, the rest on a request thread. When there is neither a thread nor room in the queue, the
/// answer is 503. Called on the I/O thread.
void serve(const std::shared_ptr<Exchange>& exchange);

}  // namespace jnlp::http
