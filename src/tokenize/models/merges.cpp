#include "tokenize/models/merges.h"

namespace jnlp::tok {

void MergeTable::reserve(size_t merges) {
  size_t slots = 16;
  while (slots < merges * 2) slots *= 2;
  if (slots > slots_.size()) grow(slots);
}

void MergeTable::add(int32_t left, int32_t right, Merge merge) {
  if ((count_ + 1) * 2 > slots_.size()) grow(slots_.empty() ? 16 : slots_.size() * 2);
  const uint64_t key = key_of(left, right);
  size_t i = place_of(key);
  while (slots_[i].key != kFree && slots_[i].key != key) i = (i + 1) & (slots_.size() - 1);
  if (slots_[i].key == kFree) ++count_;
  slots_[i] = {key, merge};
}

void MergeTable::grow(size_t slots) {
  std::vector<Slot> old(slots);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.key == kFree) continue;
    size_t i = place_of(slot.key);
    while (slots_[i].key != kFree) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = slot;
  }
}

}  // namespace jnlp::tok
