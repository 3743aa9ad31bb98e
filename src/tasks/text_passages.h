#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/document_sections.h"
#include "tokenize/encoding.h"

namespace jnlp {

/// A part of a document that is found and quoted as one.
struct TextPassage {
  TextSpan span;                      ///< bytes of the document
  std::vector<std::string> headings;  ///< above it, the outermost first
};

/// How long passages are.
struct PassageLimits {
  int64_t max_tokens = 200;  ///< a longer paragraph is cut between sentences
  int64_t min_words = 10;    ///< a shorter one is joined with the next of the same section
};

/// Cuts a document into its paragraphs: stretches between empty lines. In Markdown a heading (with
/// '#' or underlined) ends a section and is part of no passage, and the lines of fenced code are
/// one paragraph. What holds no word is left out.
/// @throws Error invalid_input as document_sections().
std::vector<TextPassage> split_passages(std::string_view document, bool markdown,
                                        const PassageLimits& limits,
                                        const CountTokens& count_tokens);

}  // namespace jnlp
