#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tasks/batching.h"
#include "tasks/model.h"
#include "tasks/prepared.h"

namespace jnlp {

struct Embedding {
  std::vector<float> values;
  int64_t tokens = 0;      ///< tokens that the model saw, special ones included
  bool truncated = false;  ///< true when the end of the text did not fit
};

struct EmbedOptions {
  int64_t max_length = 0;  ///< tokens per text; 0: as many as the model allows
  bool truncate = true;    ///< else a text that is too long is an Error
  std::optional<TruncationDirection> direction = {};  ///< unset: as the tokenizer's file says
  int64_t dimensions = 0;                             ///< keep only so many first values; 0: all
  bool normalize = false;  ///< scale to length 1 even when the model's own modules do not
  BatchLimits batch = {};
};

/// Sentence embeddings as sentence-transformers' encode() gives them: pooling and normalization are
/// the model's own (the backend does both). One thread at a time.
class Embedder {
 public:
  /// @throws Error unsupported for a model with another head.
  explicit Embedder(LoadedModel model);

  /// One vector of dimension() (or options.dimensions) per text, in order; an empty text has one
  /// too.
  /// @throws Error invalid_input.
  std::vector<Embedding> run(std::span<const std::string> texts, const EmbedOptions& options = {});

  /// run() in two parts, as TextClassifier::prepare().
  /// @throws Error invalid_input.
  Prepared<std::vector<Embedding>> prepare(std::span<const std::string> texts,
                                           const EmbedOptions& options = {}) const;

  int64_t dimension() const { return model_.backend->output_size(); }
  const LoadedModel& model() const { return model_; }

 private:
  LoadedModel model_;
};

}  // namespace jnlp
