#include "serve/frequency_sketch.h"

#include <algorithm>
#include <bit>

namespace jnlp {
namespace {

constexpr uint64_t kCountersPerWord = 16;
constexpr uint64_t kLargest = 15;
constexpr int64_t kSamplesPerKey = 10;

}  // namespace

FrequencySketch::FrequencySketch(int64_t keys) {
  const uint64_t width =
      std::bit_ceil(static_cast<uint64_t>(std::max<int64_t>(keys, kCountersPerWord)));
  words_.resize(width / kCountersPerWord * kRows);
  mask_ = width - 1;
  halve_at_ = kSamplesPerKey * static_cast<int64_t>(width);
}

std::array<FrequencySketch::Place, FrequencySketch::kRows> FrequencySketch::places(
    uint64_t hash) const {
  // Two halves make as many hashes as there are rows (Kirsch and Mitzenmacher 2006).
  const uint64_t step = hash >> 32 | 1;
  std::array<Place, kRows> places;
  for (int row = 0; row < kRows; ++row) {
    const uint64_t counter = ((hash + static_cast<uint64_t>(row) * step) & mask_) +
                             static_cast<uint64_t>(row) * (mask_ + 1);
    places[static_cast<size_t>(row)] = {static_cast<size_t>(counter / kCountersPerWord),
                                        static_cast<int>(counter % kCountersPerWord * 4)};
  }
  return places;
}

void FrequencySketch::add(uint64_t hash) {
  // Only the smallest counters of a key are raised: the others already count somebody else too.
  const auto smallest = static_cast<uint64_t>(estimate(hash));
  if (smallest < kLargest) {
    for (const auto& [word, shift] : places(hash)) {
      if ((words_[word] >> shift & kLargest) == smallest) words_[word] += uint64_t{1} << shift;
    }
  }
  if (++added_ >= halve_at_) halve();
}

int FrequencySketch::estimate(uint64_t hash) const {
  uint64_t least = kLargest;
  for (const auto& [word, shift] : places(hash)) {
    least = std::min(least, words_[word] >> shift & kLargest);
  }
  return static_cast<int>(least);
}

void FrequencySketch::halve() {
  constexpr uint64_t kWithoutNeighboursBit = 0x7777777777777777;
  for (uint64_t& word : words_) word = word >> 1 & kWithoutNeighboursBit;
  added_ /= 2;
}

}  // namespace jnlp
