#include "tasks/document_sentences.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/utf8.h"
#include "tasks/sentence_splitter.h"
#include "tasks/text_chars.h"

namespace jnlp {

std::vector<DocumentSentence> document_sentences(std::string_view document) {
  if (document.size() >= std::numeric_limits<uint32_t>::max()) {
    throw Error(ErrorCode::invalid_input, "the document has 4 GiB or more; split it");
  }
  if (const auto fault = find_invalid_utf8(document)) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("the document is not valid UTF-8 at byte {}", *fault + 1));
  }
  std::vector<DocumentSentence> sentences;
  for (const TextSpan span : split_sentences(document)) {
    const int64_t words = count_words(document.substr(span.begin, span.end - span.begin));
    if (words > 0) sentences.push_back({span, words});
  }
  return sentences;
}

std::string plain_sentence(std::string_view text, TextSpan span) {
  std::string plain;
  for (size_t position = span.begin; position < span.end;) {
    const char32_t c = decode_utf8(text, &position);
    if (!is_space(c)) {
      append_utf8(c, &plain);
    } else if (!plain.ends_with(' ')) {
      plain += ' ';
    }
  }
  return plain;
}

Summary summary_of(std::string_view document, std::span<const DocumentSentence> sentences,
                   std::vector<size_t> chosen) {
  std::sort(chosen.begin(), chosen.end());
  Summary summary;
  summary.document_sentences = static_cast<int64_t>(sentences.size());
  for (const size_t i : chosen) {
    if (!summary.text.empty()) summary.text += ' ';
    summary.text += plain_sentence(document, sentences[i].span);
    summary.sentences.push_back(sentences[i].span);
  }
  return summary;
}

}  // namespace jnlp
