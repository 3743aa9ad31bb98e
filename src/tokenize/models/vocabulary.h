#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jnlp::tok {

/// A hash of short strings, good enough for a table of ours.
inline uint64_t hash_bytes(std::string_view bytes);

/// @throws Error unsupported for a token that is longer than any real one.
void check_token_size(std::string_view token);

/// Tokens and their ids, both ways. Ids may have holes.
class Vocabulary {
 public:
  /// Adds a token. A token that was there gets the new id. @throws Error invalid_input when the id
  /// is negative or too large for any real vocabulary.
  void add(std::string_view token, int64_t id);
  void reserve(size_t tokens, size_t bytes);

  std::optional<int32_t> find(std::string_view token) const {
    const int32_t id = find(token, hash_bytes(token));
    return id >= 0 ? std::optional<int32_t>(id) : std::nullopt;
  }
  /// -1 when there is no such token. @param hash hash_bytes(token).
  int32_t find(std::string_view token, uint64_t hash) const;
  /// The token of an id, or nothing for a hole.
  std::optional<std::string_view> token(int64_t id) const;

  /// Number of distinct tokens.
  size_t size() const { return entries_.size(); }
  /// One more than the largest id.
  size_t id_limit() const { return entry_of_id_.size(); }

 private:
  struct Entry {
    uint32_t begin;
    uint32_t length;
    int32_t id;
  };
  struct Slot {
    uint32_t tag = 0;      // upper half of the hash
    uint32_t entry = ~0U;  // none
  };

  const Slot& find_slot(std::string_view token, uint64_t hash) const;
  void grow(size_t slots);
  std::string_view text_of(const Entry& entry) const {
    return std::string_view(bytes_).substr(entry.begin, entry.length);
  }

  std::string bytes_;
  std::vector<Entry> entries_;
  std::vector<uint32_t> entry_of_id_;  // ~0 for a hole
  std::vector<Slot> slots_;
};

inline uint64_t hash_bytes(std::string_view bytes) {
  // Eight bytes at a time through a multiplication whose halves are folded (as wyhash does).
  constexpr uint64_t kFirst = 0xA0761D6478BD642FULL;
  constexpr uint64_t kSecond = 0xE7037ED1A0B428DBULL;
  __extension__ using Wide = unsigned __int128;
  const auto fold = [](uint64_t a, uint64_t b) {
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64U);
  };
  uint64_t hash = kFirst ^ bytes.size();
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    uint64_t word = 0;
    __builtin_memcpy(&word, bytes.data() + i, 8);
    hash = fold(hash ^ word, kSecond);
  }
  uint64_t rest = 0;
  for (size_t shift = 0; i < bytes.size(); ++i, shift += 8) {
    rest |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[i])) << shift;
  }
  return fold(hash ^ rest, kFirst);
}

}  // namespace jnlp::tok
