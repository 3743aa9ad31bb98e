#include "evaluate/metrics/entities.h"

#include <algorithm>
#include <set>

namespace jnlp {
namespace {

// conlleval's view of a tag: a letter, and a type that is "_" where there is none.
struct LenientTag {
  char letter = 'O';
  std::string_view type = "_";

  explicit LenientTag(std::string_view tag) {
    if (tag.empty()) return;
    letter = tag[0];
    std::string_view rest = tag.substr(1);
    const size_t hyphen = rest.find('-');
    if (hyphen != std::string_view::npos) rest.remove_prefix(hyphen + 1);
    if (!rest.empty()) type = rest;
  }
};

bool one_of(char letter, std::string_view letters) {
  return letters.find(letter) != std::string_view::npos;
}

bool ends_before(const LenientTag& previous, const LenientTag& current) {
  if (one_of(previous.letter, "ES")) return true;
  if (one_of(previous.letter, "BI") && one_of(current.letter, "BSO")) return true;
  return previous.letter != 'O' && previous.type != current.type;
}

bool starts_at(const LenientTag& previous, const LenientTag& current) {
  if (one_of(current.letter, "BS")) return true;
  if (one_of(previous.letter, "ESO") && one_of(current.letter, "EI")) return true;
  return current.letter != 'O' && previous.type != current.type;
}

std::set<TaggedSpan> lenient_entities(std::span<const std::string> tags) {
  std::set<TaggedSpan> found;
  LenientTag previous("O");
  size_t begin = 0;
  for (size_t i = 0; i <= tags.size(); ++i) {
    const LenientTag current(i < tags.size() ? std::string_view(tags[i]) : "O");
    if (ends_before(previous, current)) {
      found.insert(
          {std::string(previous.type), static_cast<int64_t>(begin), static_cast<int64_t>(i)});
    }
    if (starts_at(previous, current)) begin = i;
    previous = current;
  }
  return found;
}

std::string_view strict_type(std::string_view tag) {
  const size_t begin = tag.find_first_not_of('-', 1);
  if (begin == std::string_view::npos) return "_";
  return tag.substr(begin, tag.find_last_not_of('-') + 1 - begin);
}

std::set<TaggedSpan> strict_entities(std::span<const std::string> tags) {
  std::set<TaggedSpan> found;
  for (size_t i = 0; i < tags.size();) {
    const size_t begin = i++;
    if (!tags[begin].starts_with('B')) continue;
    const std::string_view type = strict_type(tags[begin]);
    while (i < tags.size() && tags[i].starts_with('I') && strict_type(tags[i]) == type) ++i;
    found.insert({std::string(type), static_cast<int64_t>(begin), static_cast<int64_t>(i)});
  }
  return found;
}

}  // namespace

std::string_view to_string(TagReading reading) {
  return reading == TagReading::lenient ? "seqeval" : "strict IOB2";
}

std::vector<TaggedSpan> find_entities(std::span<const std::string> tags, TagReading reading) {
  const auto found =
      reading == TagReading::lenient ? lenient_entities(tags) : strict_entities(tags);
  return {found.begin(), found.end()};
}

void EntityCounter::add(std::span<const std::string> expected,
                        std::span<const std::string> predicted) {
  std::map<uint32_t, MatchCounts> counts;
  const auto wanted = find_entities(expected, reading_);
  const auto found = find_entities(predicted, reading_);
  for (const TaggedSpan& span : wanted) ++counts[type_number(span.type)].expected;
  for (const TaggedSpan& span : found) {
    MatchCounts& of_type = counts[type_number(span.type)];
    ++of_type.predicted;
    if (std::binary_search(wanted.begin(), wanted.end(), span)) ++of_type.correct;
  }
  sentences_.emplace_back(counts.begin(), counts.end());
}

std::vector<std::string> EntityCounter::types() const {
  std::vector<std::string> names;
  for (const auto& [name, number] : type_numbers_) names.push_back(name);
  return names;
}

std::vector<MatchCounts> EntityCounter::counts() const {
  std::vector<MatchCounts> sums(type_numbers_.size());
  for (const auto& sentence : sentences_) {
    for (const auto& [type, counts] : sentence) sums[type] += counts;
  }
  return sorted_by_type(sums);
}

std::vector<MatchCounts> EntityCounter::counts(std::span<const uint32_t> sentences) const {
  std::vector<MatchCounts> sums(type_numbers_.size());
  for (const uint32_t sentence : sentences) {
    for (const auto& [type, counts] : sentences_[sentence]) sums[type] += counts;
  }
  return sorted_by_type(sums);
}

uint32_t EntityCounter::type_number(const std::string& type) {
  return type_numbers_.emplace(type, static_cast<uint32_t>(type_numbers_.size())).first->second;
}

std::vector<MatchCounts> EntityCounter::sorted_by_type(
    const std::vector<MatchCounts>& counts) const {
  std::vector<MatchCounts> sorted;
  for (const auto& [name, number] : type_numbers_) sorted.push_back(counts[number]);
  return sorted;
}

}  // namespace jnlp
