#include "tokenize/models/vocabulary.h"

#include <fmt/format.h>

#include "base/error.h"

namespace jnlp::tok {
namespace {

// Ten times the largest vocabulary in use; a larger id is damage, and would cost its size in
// memory.
constexpr int64_t kMaxId = (1 << 24) - 1;
constexpr uint32_t kNoEntry = ~0U;
// Searching takes up to the longest token's length at every place of a text.
constexpr size_t kMaxTokenBytes = 8192;

}  // namespace

void check_token_size(std::string_view token) {
  if (token.size() <= kMaxTokenBytes) return;
  throw Error(
      ErrorCode::unsupported,
      fmt::format("the vocabulary has a token of {} bytes, beginning with \"{}\"; the limit "
                  "is {} bytes",
                  token.size(), token.substr(0, 16), kMaxTokenBytes));
}

void Vocabulary::reserve(size_t tokens, size_t bytes) {
  bytes_.reserve(bytes);
  entries_.reserve(tokens);
  entry_of_id_.reserve(tokens);
  size_t slots = 16;
  while (slots < tokens * 2) slots *= 2;
  if (slots > slots_.size()) grow(slots);
}

void Vocabulary::add(std::string_view token, int64_t id) {
  if (id < 0 || id > kMaxId) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("token \"{}\" has the id {}, which is not between 0 and {}", token, id,
                            kMaxId));
  }
  check_token_size(token);
  if ((entries_.size() + 1) * 2 > slots_.size()) grow(slots_.empty() ? 16 : slots_.size() * 2);
  const uint64_t hash = hash_bytes(token);
  const Slot& found = find_slot(token, hash);
  uint32_t entry = found.entry;
  if (entry == kNoEntry) {
    entry = static_cast<uint32_t>(entries_.size());
    entries_.push_back({static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(token.size()),
                        static_cast<int32_t>(id)});
    bytes_.append(token);
    slots_[static_cast<size_t>(&found - slots_.data())] = {static_cast<uint32_t>(hash >> 32U),
                                                           entry};
  }
  entries_[entry].id = static_cast<int32_t>(id);
  const auto index = static_cast<size_t>(id);
  if (index >= entry_of_id_.size()) entry_of_id_.resize(index + 1, kNoEntry);
  entry_of_id_[index] = entry;
}

int32_t Vocabulary::find(std::string_view token, uint64_t hash) const {
  if (slots_.empty()) return -1;
  const Slot& slot = find_slot(token, hash);
  return slot.entry == kNoEntry ? -1 : entries_[slot.entry].id;
}

// At most half of the slots are taken, so the search ends.
const Vocabulary::Slot& Vocabulary::find_slot(std::string_view token, uint64_t hash) const {
  const size_t mask = slots_.size() - 1;
  const auto tag = static_cast<uint32_t>(hash >> 32U);
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.entry == kNoEntry) return slot;
    if (slot.tag == tag && text_of(entries_[slot.entry]) == token) return slot;
  }
}

void Vocabulary::grow(size_t slots) {
  slots_.assign(slots, Slot{});
  for (uint32_t entry = 0; entry < entries_.size(); ++entry) {
    const uint64_t hash = hash_bytes(text_of(entries_[entry]));
    size_t i = hash & (slots - 1);
    while (slots_[i].entry != kNoEntry) i = (i + 1) & (slots - 1);
    slots_[i] = {static_cast<uint32_t>(hash >> 32U), entry};
  }
}

std::optional<std::string_view> Vocabulary::token(int64_t id) const {
  if (id < 0 || static_cast<size_t>(id) >= entry_of_id_.size()) return std::nullopt;
  const uint32_t entry = entry_of_id_[static_cast<size_t>(id)];
  if (entry == kNoEntry) return std::nullopt;
  return text_of(entries_[entry]);
}

}  // namespace jnlp::tok
