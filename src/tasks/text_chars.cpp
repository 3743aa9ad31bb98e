#include "tasks/text_chars.h"

#include "base/utf8.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp {
namespace {

std::string_view category(char32_t c) {
  return tok::kCategoryNames[tok::general_category(c)];
}

}  // namespace

TextChars::TextChars(std::string_view text) {
  chars.reserve(text.size());
  bytes.reserve(text.size() + 1);
  size_t position = 0;
  while (position < text.size()) {
    bytes.push_back(static_cast<uint32_t>(position));
    chars.push_back(decode_utf8(text, &position));
  }
  bytes.push_back(static_cast<uint32_t>(position));
}

bool is_space(char32_t c) {
  return tok::has_property(c, tok::kWhitespace);
}

bool is_letter(char32_t c) {
  return category(c)[0] == 'L';
}

bool is_lower_letter(char32_t c) {
  return category(c) == "Ll";
}

bool is_digit(char32_t c) {
  return category(c) == "Nd";
}

bool is_word_sign(char32_t c) {
  const std::string_view script = tok::kRegexScriptNames[tok::regex_script(c)];
  return (script == "Han" || script == "Hiragana" || script == "Katakana") &&
         (is_letter(c) || category(c)[0] == 'N');
}

int64_t count_words(std::string_view text) {
  int64_t words = 0;
  bool inside = false;  // a word that has been counted
  for (size_t position = 0; position < text.size();) {
    const char32_t c = decode_utf8(text, &position);
    if (is_word_sign(c)) {
      ++words;
      inside = false;
    } else if (is_space(c)) {
      inside = false;
    } else if (!inside && (is_letter(c) || category(c)[0] == 'N')) {
      ++words;
      inside = true;
    }
  }
  return words;
}

}  // namespace jnlp
