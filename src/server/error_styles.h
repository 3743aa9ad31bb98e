#pragma once

#include "http/error_status.h"
#include "http/request.h"
#include "http/response.h"

namespace jnlp {

/// The body of an error answer as clients of that path expect it: text-embeddings-inference's at
/// its routes, OpenAI's below /v1, {"error": "..."} at those of KServe and of the hub's pipelines,
/// else our own.
http::Response render_error(const http::Failure& failure, const http::Request& request);

}  // namespace jnlp
