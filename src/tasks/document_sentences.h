#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/summarizer.h"
#include "tokenize/encoding.h"

namespace jnlp {

/// A sentence of a document that a summary can be made of.
struct DocumentSentence {
  TextSpan span;
  int64_t words = 0;  ///< at least 1
};

/// The sentences of a document that hold a word.
/// @throws Error invalid_input for ill-formed UTF-8 or a document of 4 GiB or more.
std::vector<DocumentSentence> document_sentences(std::string_view document);

/// The text of a span with each run of white space made a single space.
std::string plain_sentence(std::string_view text, TextSpan span);

/// The summary that consists of the sentences with these numbers, in ascending order.
Summary summary_of(std::string_view document, std::span<const DocumentSentence> sentences,
                   std::vector<size_t> chosen);

/// Keeps count of a summary while sentences are added to it.
class SummaryLength {
 public:
  explicit SummaryLength(const SummaryOptions& options) : options_(options) {}

  bool wants_more() const {
    return sentences_ < options_.max_sentences || words_ < options_.min_words;
  }
  bool has_room_for(int64_t words) const {
    return options_.max_words == 0 || words_ + words <= options_.max_words;
  }
  void add(int64_t words) {
    ++sentences_;
    words_ += words;
  }

 private:
  const SummaryOptions& options_;
  int64_t sentences_ = 0;
  int64_t words_ = 0;
};

}  // namespace jnlp
