#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace jnlp {

/// Label of a token that takes no part in the loss.
constexpr int32_t kIgnoredLabel = -100;

/// One sequence to learn from, tokenized.
struct TrainExample {
  std::vector<int32_t> ids;
  std::vector<int32_t> types;  ///< same length as ids
  /// Classification: the class. NER: a tag per token or kIgnoredLabel. QA: first and last token of
  /// the answer, 0 and 0 when it is not in this window.
  std::vector<int32_t> labels;

  int64_t size() const { return static_cast<int64_t>(ids.size()); }
};

/// Raw results of the model for one sequence: one row (classification) or a row per token.
using Logits = std::vector<float>;

}  // namespace jnlp
