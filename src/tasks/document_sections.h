#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "tokenize/encoding.h"

namespace jnlp {

/// Tokens of a text.
using CountTokens = std::function<int64_t(std::string_view)>;

/// Cuts a document into sections of at most `max_tokens`, all about equally long, each of whole
/// sentences and, where that keeps them equal enough, of whole paragraphs. Only a sentence that is
/// too long by itself is cut, between words where it has any. One section where the document fits;
/// none for a document without a word.
/// @throws Error invalid_input when not even a character fits, and as document_sentences().
std::vector<TextSpan> document_sections(std::string_view document, int64_t max_tokens,
                                        const CountTokens& count_tokens);

}  // namespace jnlp
