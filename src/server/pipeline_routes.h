#pragma once

#include "http/router.h"
#include "server/server_models.h"

namespace jnlp {

/// What huggingface_hub's InferenceClient sends to the URL that it is given as a model,
/// {"inputs": ..., "parameters": {...}}, with transformers' names for results:
///   POST /pipeline/text-classification   inputs: text or texts
///   POST /pipeline/token-classification  inputs: text or texts
///   POST /pipeline/question-answering    inputs: {"question", "context"}
/// Its feature_extraction() and sentence_similarity() fit POST /embed and /similarity.
/// `models` must outlive the router.
void add_pipeline_routes(const ServerModels& models, http::Router* router);

}  // namespace jnlp
