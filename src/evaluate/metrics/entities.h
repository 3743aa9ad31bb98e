#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evaluate/metrics/counts.h"

namespace jnlp {

/// Which stretches of tags are entities.
enum class TagReading {
  /// seqeval's default, which follows conlleval: an I- that continues nothing starts an entity;
  /// E- and S- are understood.
  lenient,
  /// seqeval's mode="strict", scheme=IOB2: an entity is a B- with the I- of the same type that
  /// follow it; anything else is outside.
  strict_iob2,
};

/// "seqeval" or "strict IOB2": the names used in reports.
std::string_view to_string(TagReading reading);

struct TaggedSpan {
  std::string type;
  int64_t begin = 0;  ///< first word
  int64_t end = 0;    ///< one past the last word

  // clang-tidy 14 sees a null pointer in the 0 that the compiler compares with.
  // NOLINTNEXTLINE(modernize-use-nullptr)
  auto operator<=>(const TaggedSpan&) const = default;
};

/// The entities of one sentence in ascending order of (type, begin, end).
std::vector<TaggedSpan> find_entities(std::span<const std::string> tags, TagReading reading);

/// Counts entities that agree in type and place, sentence by sentence.
class EntityCounter {
 public:
  explicit EntityCounter(TagReading reading) : reading_(reading) {}

  /// Both must have one tag per word of the same sentence.
  void add(std::span<const std::string> expected, std::span<const std::string> predicted);

  size_t sentences() const { return sentences_.size(); }
  /// Types seen on either side, sorted.
  std::vector<std::string> types() const;
  /// Counts per type, in the order of types(), over all sentences.
  std::vector<MatchCounts> counts() const;
  /// The same over the named sentences, each as often as it is named.
  std::vector<MatchCounts> counts(std::span<const uint32_t> sentences) const;

 private:
  using TypeCounts = std::pair<uint32_t, MatchCounts>;

  uint32_t type_number(const std::string& type);
  std::vector<MatchCounts> sorted_by_type(const std::vector<MatchCounts>& counts) const;

  TagReading reading_;
  std::map<std::string, uint32_t> type_numbers_;  // in order of first sight
  std::vector<std::vector<TypeCounts>> sentences_;
};

}  // namespace jnlp
