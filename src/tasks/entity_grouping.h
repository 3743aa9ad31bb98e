#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/token_classifier.h"

namespace jnlp {

/// What the model says about one token of a text.
struct TokenPrediction {
  std::span<const float> scores;  ///< probability of each label
  TextSpan span;                  ///< bytes of the text
  int64_t index = 0;              ///< place in the encoded text, special tokens counted
  bool is_subword = false;        ///< continues the word of the token before it
};

/// Entities of one window by transformers' rules (TokenClassificationPipeline.aggregate), without
/// those whose label is ignored. `labels` are the names by index; `Entity::text` stays empty.
std::vector<Entity> group_tokens(std::span<const TokenPrediction> tokens,
                                 const std::vector<std::string>& labels, Aggregation aggregation,
                                 std::span<const std::string> ignore_labels);

/// Puts the entities of several overlapping windows in order and merges them by transformers' rules
/// (aggregate_overlapping_entities): of two that overlap the longer wins, of two of one length the
/// more certain. Lengths are code points of `text`.
void merge_overlapping(std::string_view text, std::vector<Entity>* entities);

}  // namespace jnlp
