#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace jnlp {

/// The code points of a text with the byte at which each begins.
struct TextChars {
  /// `text` must be well-formed UTF-8 of less than 4 GiB.
  explicit TextChars(std::string_view text);

  size_t size() const { return chars.size(); }

  std::vector<char32_t> chars;
  std::vector<uint32_t> bytes;  ///< one more than chars: the last is the text's size
};

bool is_space(char32_t c);
bool is_letter(char32_t c);
bool is_lower_letter(char32_t c);
bool is_digit(char32_t c);
/// A Chinese character or a kana: a word, as far as one sign can be.
bool is_word_sign(char32_t c);

/// Number of words: stretches without white space that hold a letter or digit; each Chinese
/// character and kana is one of its own.
int64_t count_words(std::string_view text);

}  // namespace jnlp
