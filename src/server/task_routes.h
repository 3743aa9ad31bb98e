#pragma once

#include "http/router.h"
#include "server/server_models.h"

namespace jnlp {

/// The tutorial's routes, JSON in and out; offsets count code points:
///   POST /sentiment {"texts": [...], "top_k": 1, "batch_size": 32}
///   POST /ner       {"texts": [...], "batch_size": 32}
///   POST /qa        {"questions": [...], "contexts": [...], "top_k": 1}; one context may serve all
///   POST /summarize {"texts": [...], "max_sentences": 3, "max_length": 0, "min_length": 0}
/// Each answers {"results": [...], "model": "..."} with a result per text, in order.
/// `models` must outlive the router.
void add_task_routes(const ServerModels& models, http::Router* router);

}  // namespace jnlp
