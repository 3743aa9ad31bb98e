#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace jnlp::tok {

/// The merges of BPE: which two neighbours become one token, and how early.
class MergeTable {
 public:
  struct Merge {
    uint32_t rank;
    int32_t id;
  };

  void reserve(size_t merges);
  /// A pair that was there gets the new merge.
  void add(int32_t left, int32_t right, Merge merge);
  /// Null when the two do not merge.
  const Merge* find(int32_t left, int32_t right) const {
    if (slots_.empty()) return nullptr;
    const uint64_t key = key_of(left, right);
    for (size_t i = place_of(key);; i = (i + 1) & (slots_.size() - 1)) {
      if (slots_[i].key == key) return &slots_[i].merge;
      if (slots_[i].key == kFree) return nullptr;
    }
  }
  size_t size() const { return count_; }

 private:
  static constexpr uint64_t kFree = ~uint64_t{0};
  struct Slot {
    uint64_t key = kFree;
    Merge merge{};
  };

  static uint64_t key_of(int32_t left, int32_t right) {
    return (static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32U) |
           static_cast<uint32_t>(right);
  }
  size_t place_of(uint64_t key) const {
    constexpr uint64_t kMix = 0x9E3779B97F4A7C15ULL;
    key ^= key >> 29U;
    return ((key * kMix) >> 32U) & (slots_.size() - 1);
  }
  void grow(size_t slots);

  std::vector<Slot> slots_;  // a power of two, at most half of them taken
  size_t count_ = 0;
};

}  // namespace jnlp::tok
