#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace jnlp {

/// About how often each of many keys was seen lately: a count-min sketch of four rows of 4-bit
/// counters. When it has counted ten times as many keys as it is wide, all counters are halved, so
/// what was popular once does not stay so for ever. Never counts too little but for the halving and
/// for what is above 15. Not thread-safe.
class FrequencySketch {
 public:
  /// `keys`: about how many are to be told apart.
  explicit FrequencySketch(int64_t keys);

  /// Hashes must be evenly spread in all their bits.
  void add(uint64_t hash);
  int estimate(uint64_t hash) const;

  int64_t bytes() const { return static_cast<int64_t>(words_.size() * sizeof(uint64_t)); }

 private:
  static constexpr int kRows = 4;
  struct Place {
    size_t word;
    int shift;
  };
  std::array<Place, kRows> places(uint64_t hash) const;
  void halve();

  std::vector<uint64_t> words_;  // of 16 counters; the rows lie one behind the other
  uint64_t mask_;                // width - 1
  int64_t halve_at_;
  int64_t added_ = 0;
};

}  // namespace jnlp
