#include "tokenize/text/precompiled.h"

#include <cstring>

#include "base/error.h"
#include "base/utf8.h"
#include "tokenize/unicode/graphemes.h"

namespace jnlp::tok {
namespace {

// The format of one unit of the double array (darts-clone, darts.h).
bool has_leaf(uint32_t unit) {
  return ((unit >> 8U) & 1U) != 0;
}
uint32_t value_of(uint32_t unit) {
  return unit & 0x7FFFFFFFU;
}
uint32_t label_of(uint32_t unit) {
  return unit & 0x800000FFU;
}
uint32_t offset_of(uint32_t unit) {
  return (unit >> 10U) << ((unit & (1U << 9U)) >> 6U);
}

// Longer graphemes are looked up letter by letter.
constexpr size_t kMaxGrapheme = 6;

void add_replacement(std::string_view old_part, std::string_view new_part,
                     std::vector<CharChange>* changes) {
  const auto old_count = static_cast<int32_t>(count_code_points(old_part));
  const size_t begin = changes->size();
  for_each_code_point(new_part, [&](char32_t c) { changes->push_back({c, 0}); });
  const auto more = static_cast<int32_t>(changes->size() - begin) - old_count;
  for (int32_t i = 0; i < more; ++i)
    (*changes)[changes->size() - 1 - static_cast<size_t>(i)].change = 1;
  if (more < 0 && !changes->empty()) changes->back().change += more;
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

}  // namespace

CharsMap::CharsMap(std::string_view blob) {
  uint32_t size = 0;
  if (blob.size() >= 4) {
    for (size_t i = 0; i < 4; ++i) {
      size |= static_cast<uint32_t>(static_cast<unsigned char>(blob[i])) << (8 * i);
    }
  }
  if (blob.size() < 4 || size > blob.size() - 4 || size % 4 != 0 || size == 0) {
    throw Error(ErrorCode::invalid_input, "the tokenizer's precompiled_charsmap is damaged");
  }
  units_.resize(size / 4);
  for (size_t i = 0; i < size; ++i) {
    units_[i / 4] |= static_cast<uint32_t>(static_cast<unsigned char>(blob[4 + i]))
                     << (8 * (i % 4));
  }
  replacements_ = blob.substr(4 + size);
  if (!is_valid_utf8(replacements_)) {
    throw Error(ErrorCode::invalid_input,
                "the tokenizer's precompiled_charsmap has replacements that are not UTF-8");
  }
}

template <typename Visit>
void CharsMap::for_each_prefix(std::string_view text, Visit visit) const {
  size_t node = offset_of(units_[0]);
  for (size_t i = 0; i < text.size() && text[i] != '\0'; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    node ^= byte;
    if (node >= units_.size()) return;
    const uint32_t unit = units_[node];
    if (label_of(unit) != byte) return;
    node ^= offset_of(unit);
    if (node >= units_.size()) return;
    if (has_leaf(unit) && !visit(i + 1, value_of(units_[node]))) return;
  }
}

std::string_view CharsMap::replacement(uint32_t place) const {
  if (place >= replacements_.size()) return {};
  // A place within a character is damage, and would let ill-formed UTF-8 in.
  if ((static_cast<unsigned char>(replacements_[place]) & 0xC0U) == 0x80U) return {};
  return std::string_view(replacements_.c_str() + place);
}

std::optional<CharsMap::Replacement> CharsMap::shortest(std::string_view text) const {
  std::optional<Replacement> found;
  for_each_prefix(text, [&](size_t length, uint32_t place) {
    found = Replacement{length, replacement(place)};
    return false;
  });
  return found;
}

std::optional<CharsMap::Replacement> CharsMap::longest(std::string_view text) const {
  std::optional<Replacement> found;
  for_each_prefix(text, [&](size_t length, uint32_t place) {
    found = Replacement{length, replacement(place)};
    return true;
  });
  return found;
}

void check_growth(size_t bytes_before, size_t bytes_after) {
  constexpr size_t kMaxGrowth = 256;
  check_size(bytes_after);
  if (bytes_after <= (bytes_before + 16) * kMaxGrowth) return;
  throw Error(ErrorCode::invalid_input,
              "the tokenizer's precompiled_charsmap makes the text grow beyond all measure");
}

void Precompiled::apply(NormalizedText* text) const {
  std::vector<CharChange> changes;
  changes.reserve(text->text().size());
  bool modified = false;
  const std::string_view all = text->text();
  const auto replace = [&](std::string_view part) {
    const auto found = map_.shortest(part);
    if (!found) return false;
    modified = true;
    add_replacement(part, found->text, &changes);
    return true;
  };
  for (size_t begin = 0; begin < all.size();) {
    const size_t end = grapheme_end(all, begin);
    const std::string_view grapheme = all.substr(begin, end - begin);
    if (grapheme.size() >= kMaxGrapheme || !replace(grapheme)) {
      for (size_t position = 0; position < grapheme.size();) {
        const size_t from = position;
        const char32_t c = decode_utf8(grapheme, &position);
        if (!replace(grapheme.substr(from, position - from))) changes.push_back({c, 0});
      }
    }
    begin = end;
    check_growth(all.size(), changes.size());
  }
  if (modified) text->transform(changes);
}

std::string decode_base64(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  while (text.ends_with('=')) text.remove_suffix(1);
  for (const char c : text) {
    const int value = base64_value(c);
    if (value < 0) throw Error(ErrorCode::invalid_input, "text that should be base64 is not");
    bits = (bits << 6U) | static_cast<uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>((bits >> static_cast<uint32_t>(count)) & 0xFFU));
    }
  }
  return out;
}

}  // namespace jnlp::tok
