#pragma once

#include <string>
#include <string_view>

namespace jnlp {

/// Python's str.lower(): full Unicode case mapping, with the final form of the Greek sigma.
/// `text` must be well-formed UTF-8.
std::u32string python_lower(std::string_view text);

/// True for what \w matches in Python's re: str.isalnum() or the underscore. Combining marks are
/// no word characters there.
bool is_python_word(char32_t c);

/// str.isspace() of one character: where str.split() parts.
bool is_python_space(char32_t c);

std::string to_utf8(std::u32string_view text);

}  // namespace jnlp
