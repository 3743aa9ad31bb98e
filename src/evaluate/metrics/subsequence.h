#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace jnlp {

/// Words as numbers: equal words have equal numbers.
using WordIds = std::vector<uint32_t>;

/// Length of a longest common subsequence.
size_t common_subsequence_length(std::span<const uint32_t> a, std::span<const uint32_t> b);

/// Places in `reference`, ascending, of the longest common subsequence that rouge_score reads out:
/// going backwards from both ends it takes equal words, else gives up the last word of `reference`
/// unless only giving up that of `candidate` keeps the length.
std::vector<size_t> common_subsequence_places(std::span<const uint32_t> reference,
                                              std::span<const uint32_t> candidate);

}  // namespace jnlp
