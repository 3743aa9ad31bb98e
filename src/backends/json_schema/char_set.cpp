#include "backends/json_schema/char_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "backends/json_schema/grammar_rules.h"
#include "base/utf8.h"

namespace jnlp {
namespace {

using Ranges = std::vector<std::pair<char32_t, char32_t>>;

constexpr char32_t kLast = 0x10FFFF;
// What JSON escapes by a letter: the character and the letter.
constexpr std::pair<char32_t, char> kEscapes[] = {{U'\b', 'b'}, {U'\t', 't'}, {U'\n', 'n'},
                                                  {U'\f', 'f'}, {U'\r', 'r'}, {U'"', '"'},
                                                  {U'\\', '\\'}};
// In ascending order: control characters, what is escaped, DEL, and surrogates, which are none.
constexpr std::pair<char32_t, char32_t> kNotPlain[] = {
    {0, 0x1F}, {'"', '"'}, {'\\', '\\'}, {0x7F, 0x7F}, {0xD800, 0xDFFF}};

void add_plain(char32_t first, char32_t last, std::string* set) {
  *set += gbnf_set_char(first);
  if (last > first) *set += "-" + gbnf_set_char(last);
}

// A range without what may not stand in a JSON string as it is.
void add_plain_parts(char32_t first, char32_t last, std::string* set) {
  for (const auto& [from, to] : kNotPlain) {
    if (to < first || from > last) continue;
    if (from > first) add_plain(first, from - 1, set);
    if (to >= last) return;
    first = to + 1;
  }
  add_plain(first, last, set);
}

}  // namespace

void CharSet::add(const CharSet& other) {
  ranges_.insert(ranges_.end(), other.ranges_.begin(), other.ranges_.end());
}

Ranges CharSet::merged() const {
  Ranges sorted = ranges_;
  std::sort(sorted.begin(), sorted.end());
  Ranges merged;
  for (const auto& [first, last] : sorted) {
    if (!merged.empty() && first <= merged.back().second + 1) {
      merged.back().second = std::max(merged.back().second, last);
    } else {
      merged.emplace_back(first, last);
    }
  }
  return merged;
}

CharSet CharSet::inverted() const {
  CharSet others;
  char32_t next = 0;
  for (const auto& [first, last] : merged()) {
    if (first > next) others.add(next, first - 1);
    next = last + 1;
  }
  if (next <= kLast) others.add(next, kLast);
  return others;
}

std::string CharSet::gbnf() const {
  std::string set;
  std::string escaped;
  for (const auto& [first, last] : merged()) {
    add_plain_parts(first, last, &set);
    for (const auto& [code_point, letter] : kEscapes) {
      if (first <= code_point && code_point <= last) escaped += gbnf_set_char(letter);
    }
  }
  std::string text;
  if (!set.empty()) text = fmt::format("[{}]", set);
  if (!escaped.empty()) {
    text = fmt::format("{}\"\\\\\" [{}]", text.empty() ? "" : text + " | ", escaped);
  }
  return escaped.empty() ? text : fmt::format("({})", text);
}

std::string json_escaped(char32_t code_point) {
  for (const auto& [escaped, letter] : kEscapes) {
    if (escaped == code_point) return {'\\', letter};
  }
  if (code_point < 0x20) return fmt::format("\\u{:04x}", static_cast<uint32_t>(code_point));
  std::string text;
  append_utf8(code_point, &text);
  return text;
}

}  // namespace jnlp
