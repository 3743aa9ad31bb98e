#include "tasks/summarizer.h"

#include <fmt/format.h>

#include "base/error.h"
#include "tasks/document_sentences.h"
#include "tasks/sentence_splitter.h"

namespace jnlp {
namespace {

std::string lines_of(std::string_view text, std::span<const TextSpan> spans) {
  std::string lines;
  for (const TextSpan span : spans) {
    if (!lines.empty()) lines += '\n';
    lines += plain_sentence(text, span);
  }
  return lines;
}

}  // namespace

void check_options(const SummaryOptions& options) {
  if (options.max_sentences < 1 || options.max_words < 0 || options.min_words < 0) {
    throw Error(ErrorCode::invalid_input,
                "a summary needs at least one sentence, and lengths that are not negative");
  }
  if (options.max_words > 0 && options.min_words > options.max_words) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("a summary of at least {} and at most {} words is not possible",
                            options.min_words, options.max_words));
  }
}

void check_given_up(const SummaryOptions& options) {
  if (options.given_up && options.given_up()) throw_given_up();
}

void throw_given_up() {
  throw Error(ErrorCode::deadline, "the summary was given up before it was whole");
}

std::string sentence_lines(std::string_view text) {
  return lines_of(text, split_sentences(text));
}

std::string summary_lines(const Summary& summary, std::string_view document) {
  if (summary.sentences.empty()) return sentence_lines(summary.text);
  return lines_of(document, summary.sentences);
}

}  // namespace jnlp
