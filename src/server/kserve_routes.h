#pragma once

#include <functional>

#include "http/router.h"
#include "server/server_models.h"

namespace jnlp {

/// The KServe v2 protocol (Open Inference Protocol) with its binary tensor extension; models are
/// sentiment, ner, qa and embedding, each of version 1:
///   GET  /v2, /v2/health/live, /v2/health/ready
///   GET  /v2/models/{name}[/versions/{version}][/ready]
///   POST /v2/models/{name}[/versions/{version}]/infer
/// `models` must outlive the router.
void add_kserve_routes(const ServerModels& models, std::function<bool()> is_ready,
                       http::Router* router);

}  // namespace jnlp
