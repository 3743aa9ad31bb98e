#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/router.h"
#include "server/server_models.h"

namespace jnlp {

/// What POST /v1/embeddings asks for.
struct EmbeddingRequest {
  std::optional<std::string> model;
  std::vector<std::string> texts;
  bool is_base64 = false;
  std::optional<int64_t> dimensions;
};

/// @throws OpenAiError naming the field, or Error invalid_input for text that is no JSON.
EmbeddingRequest read_embedding_request(std::string_view body);

/// The bytes of the floats, the lowest of each first, as base64 (RFC 4648, with padding).
std::string base64_of(std::span<const float> values);

/// POST /v1/embeddings: a vector for each text. A text that is longer than the model reads is
/// refused, not cut. `models` must outlive the router.
void add_openai_embedding_route(const ServerModels& models, http::Router* router);

}  // namespace jnlp
