#pragma once

#include <string_view>
#include <vector>

#include "tokenize/encoding.h"

namespace jnlp::tok {

/// A matcher written by hand for one expression; it finds what the expression finds.
using KnownPattern = std::vector<TextSpan> (*)(std::string_view text);

/// The matcher for an expression that many published tokenizers share, or null.
KnownPattern find_known_pattern(std::string_view expression);

/// GPT-2's words: 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
std::vector<TextSpan> find_gpt2_words(std::string_view text);

}  // namespace jnlp::tok
