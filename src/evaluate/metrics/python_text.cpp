#include "evaluate/metrics/python_text.h"

#include <algorithm>

#include "base/utf8.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp {
namespace {

constexpr char32_t kSigma = U'\u03A3';
constexpr char32_t kSmallSigma = U'\u03C3';
constexpr char32_t kFinalSigma = U'\u03C2';

std::string_view category(char32_t c) {
  return tok::kCategoryNames[tok::general_category(c)];
}

bool between(char32_t c, char32_t first, char32_t last) {
  return c >= first && c <= last;
}

// Unicode's property Case_Ignorable: these categories and the word-break classes MidLetter,
// MidNumLet and Single_Quote.
bool is_case_ignorable(char32_t c) {
  constexpr std::u32string_view kInsideWords =
      U"'.:\u00B7\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A";
  const std::string_view name = category(c);
  return name == "Mn" || name == "Me" || name == "Cf" || name == "Lm" || name == "Sk" ||
         kInsideWords.find(c) != std::u32string_view::npos;
}

// Unicode's property Cased: letters with case, ordinal indicators, and enclosed or Roman-numeral
// letters.
bool is_cased(char32_t c) {
  const std::string_view name = category(c);
  return name == "Lu" || name == "Ll" || name == "Lt" || c == 0xAA || c == 0xBA ||
         between(c, 0x2160, 0x217F) || between(c, 0x24B6, 0x24E9) || between(c, 0x1F130, 0x1F149) ||
         between(c, 0x1F150, 0x1F169) || between(c, 0x1F170, 0x1F189);
}

// SpecialCasing.txt, Final_Sigma: behind a cased letter and before none, ignorables left aside.
bool is_final_sigma(std::u32string_view text, size_t position) {
  size_t before = position;
  while (before > 0 && is_case_ignorable(text[before - 1])) --before;
  if (before == 0 || !is_cased(text[before - 1])) return false;
  size_t behind = position + 1;
  while (behind < text.size() && is_case_ignorable(text[behind])) ++behind;
  return behind == text.size() || !is_cased(text[behind]);
}

std::u32string decode(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (size_t position = 0; position < text.size();) out += decode_utf8(text, &position);
  return out;
}

}  // namespace

std::u32string python_lower(std::string_view text) {
  const std::u32string original = decode(text);
  std::u32string lower;
  lower.reserve(original.size());
  for (size_t i = 0; i < original.size(); ++i) {
    const char32_t c = original[i];
    const std::u32string_view mapped = tok::lowercase(c);
    if (c == kSigma) {
      lower += is_final_sigma(original, i) ? kFinalSigma : kSmallSigma;
    } else if (mapped.empty()) {
      lower += c;
    } else {
      lower += mapped;
    }
  }
  return lower;
}

bool is_python_word(char32_t c) {
  const char kind = category(c)[0];
  return kind == 'L' || kind == 'N' || c == U'_';
}

bool is_python_space(char32_t c) {
  return between(c, 0x09, 0x0D) || between(c, 0x1C, 0x20) || c == 0x85 || c == 0xA0 ||
         c == 0x1680 || between(c, 0x2000, 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

std::string to_utf8(std::u32string_view text) {
  std::string out;
  for (const char32_t c : text) append_utf8(c, &out);
  return out;
}

}  // namespace jnlp
