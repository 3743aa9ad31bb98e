#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

// What Hugging Face `tokenizers` believes about each code point; docs/tokenizers.md says why this
// is neither ICU nor utf8proc. The data is made by tools/unicode_tables.py.

namespace jnlp::tok {

struct Range {
  char32_t begin;  // up to the begin of the next one
  uint8_t value;
};
struct Mapping {
  char32_t from;
  uint16_t pool_begin;
  uint8_t length;
};
struct Composition {
  char32_t first;
  char32_t second;
  char32_t composed;
};
struct CaseFold {
  char32_t from;
  char32_t to;
};

#include "tokenize/unicode/unicode_tables.inc"

/// A value for each code point, in blocks of 256 that are shared when equal.
class CodePointTable {
 public:
  explicit CodePointTable(std::span<const Range> ranges);

  uint8_t operator[](char32_t c) const {
    return c < 0x110000 ? blocks_[block_of_[c >> 8] + (c & 0xFF)] : 0;
  }

 private:
  std::vector<uint32_t> block_of_;
  std::vector<uint8_t> blocks_;
};

/// Property flags of a code point (kWhitespace and the others), its category and grapheme class.
uint32_t properties(char32_t c);

inline bool has_property(char32_t c, uint32_t flag) {
  return (properties(c) & flag) != 0;
}
/// Index into kCategoryNames.
inline uint32_t general_category(char32_t c) {
  return properties(c) & 0x1F;
}
inline GraphemeClass grapheme_class(char32_t c) {
  return static_cast<GraphemeClass>((properties(c) >> 5) & 0x1F);
}

/// Class of the UnicodeScripts pre-tokenizer; 0 never splits.
uint8_t script_class(char32_t c);
/// Index into kRegexScriptNames: what \p{Han} and so on mean in a pattern; 0 for the rest.
uint8_t regex_script(char32_t c);
uint8_t combining_class(char32_t c);

/// Full lower case, or nothing when the code point is its own.
std::u32string_view lowercase(char32_t c);
/// Full decomposition (Hangul aside), or nothing when the code point is its own.
std::u32string_view canonical_decomposition(char32_t c);
std::u32string_view compatible_decomposition(char32_t c);
/// The composed pair (Hangul aside), or 0.
char32_t canonical_composition(char32_t first, char32_t second);
/// Smallest of the code points that a case-insensitive pattern takes for `c`.
char32_t case_fold(char32_t c);

}  // namespace jnlp::tok
