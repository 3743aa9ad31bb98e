#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace jnlp {

/// A token that may come next, with its score.
struct Candidate {
  float score;
  int32_t token;
};

/// The `count` greatest scores, greatest first, of equal ones the lower token first; fewer where
/// the rest is minus infinity.
std::vector<Candidate> top_k(std::span<const float> scores, int64_t count);

}  // namespace jnlp
