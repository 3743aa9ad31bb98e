#pragma once

#include <cstdint>
#include <span>

#include "backends/seq2seq_options.h"

namespace jnlp {

/// What the options allow as the next token: transformers' logits processors, in its order. Scores
/// of tokens that may not come become minus infinity.
class TokenRules {
 public:
  /// `options` must be settled (generation_defaults.h).
  explicit TokenRules(const Seq2SeqOptions& options);

  /// `ids`: the hypothesis so far, start token first. `scores`: one per vocabulary entry.
  void apply(std::span<const int32_t> ids, std::span<float> scores) const;

 private:
  Seq2SeqOptions options_;
};

}  // namespace jnlp
