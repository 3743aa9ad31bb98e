#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/embedding_table.h"
#include "models/layer_source.h"
#include "models/seq2seq_config.h"
#include "ops/exec.h"
#include "ops/rows.h"

namespace jnlp {

/// What one side (encoder or decoder) of a model makes of token ids: word embeddings, scaled, with
/// positions and a norm where the architecture has them.
class TokenEmbedding {
 public:
  /// `word` is shared by both sides and must outlive this. @throws Error as LayerSource.
  TokenEmbedding(const Seq2SeqConfig& config, const std::string& side, const EmbeddingTable& word,
                 LayerSource& source);
  TokenEmbedding(const TokenEmbedding&) = delete;
  TokenEmbedding& operator=(const TokenEmbedding&) = delete;

  /// A row of hidden_size floats per token. Positions count from 0.
  void embed(const Exec& exec, std::span<const int32_t> tokens, std::span<const int32_t> positions,
             float* hidden) const;

 private:
  const EmbeddingTable& word_;
  int64_t size_;
  float scale_;
  std::span<const float> positions_;  // from position 0 on; empty without a table
  Weight stored_;
  std::vector<float> sinusoidal_;
  NormWeights norm_;
  bool has_norm_;
};

}  // namespace jnlp
