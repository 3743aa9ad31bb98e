#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "tasks/text_passages.h"
#include "tokenize/encoding.h"

namespace jnlp {

struct FaqDocument {
  std::filesystem::path path;
  std::string text;  ///< well-formed UTF-8, as in the file
};

/// What a question can be answered from: a passage of a text, or a question that somebody has
/// answered.
struct FaqPassage {
  size_t document = 0;   ///< its place in FaqDocuments::documents
  size_t line = 1;       ///< where it begins, from 1
  TextSpan span;         ///< bytes of the document's text; {0, 0} for a pair
  std::string name;      ///< a pair's "id", a text's innermost heading; may be empty
  std::string heading;   ///< a text's headings, parted by " > "; may be empty
  std::string question;  ///< of a pair; empty for a text
  std::string text;      ///< the answer of a pair, or the passage as it stands in the document

  bool is_pair() const { return !question.empty(); }
};

struct FaqDocuments {
  std::vector<FaqDocument> documents;
  std::vector<FaqPassage> passages;
};

/// Reads files and folders (with what is in them, hidden files left out): .txt and files without an
/// extension as text, .md and .markdown as Markdown, .jsonl and .csv as questions with answers, in
/// fields "question" and "answer" or "q" and "a", with an optional "id". A file that was named
/// twice is read once.
/// @throws Error not_found, io; invalid_input with file and line for ill-formed UTF-8, a NUL byte,
///   a damaged or incomplete row, a file of another kind, or nothing to answer from.
FaqDocuments read_faq_documents(std::span<const std::filesystem::path> paths,
                                const PassageLimits& limits, const CountTokens& count_tokens);

}  // namespace jnlp
