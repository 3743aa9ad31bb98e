#pragma once

#include <memory>
#include <string_view>

#include "base/json.h"
#include "server/server_models.h"
#include "server/tei_routes.h"

namespace jnlp {

/// The one model that text-embeddings-inference would be serving.
struct TeiModel {
  std::shared_ptr<const void> owner;  ///< keeps the rest alive
  const ServedFacts* facts = nullptr;
  const ModelFacts* model = nullptr;
  std::string_view description;
};

/// The model for embeddings, else the one for sentiment.
/// @throws TeiError unhealthy while one of them is loading, backend when there is neither.
TeiModel tei_described_model(const ServerModels& models);

/// What GET /info says.
/// @throws as tei_described_model().
OrderedJson tei_info_json(const ServerModels& models, const TeiLimits& limits);

/// [{"id", "text", "special", "start", "stop"}] with places in code points (there: bytes), which
/// special tokens do not have.
/// @throws Error invalid_input.
OrderedJson tokens_json(const Tokenizer& tokenizer, std::string_view text, bool add_special_tokens);

}  // namespace jnlp
