#pragma once

#include "http/router.h"
#include "server/server_models.h"

namespace jnlp {

/// Figures of GET /info that the models do not know.
struct TeiLimits {
  size_t max_concurrent_requests = 0;
  int64_t max_batch_tokens = 0;
  int64_t max_batch_requests = 0;
  int request_threads = 0;
};

/// The API of text-embeddings-inference 1.9, its errors and headers:
///   POST /predict    {"inputs", "raw_scores"}: the model for sentiment
///   POST /rerank     {"query", "texts", "raw_scores", "return_text"}: the same, when it has one
///   label POST /embed      {"inputs", "normalize", "dimensions"}: the model for embeddings POST
///   /similarity {"inputs": {"source_sentence", "sentences"}}: the same POST /tokenize   {"inputs",
///   "add_special_tokens"}: the model that GET /info tells of GET /info        the model for
///   embeddings, else that for sentiment
/// `models` must outlive the router.
void add_tei_routes(const ServerModels& models, const TeiLimits& limits, http::Router* router);

}  // namespace jnlp
