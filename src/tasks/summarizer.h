#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/batching.h"
#include "tokenize/encoding.h"

namespace jnlp {

struct SummaryOptions {
  int64_t max_sentences = 3;
  int64_t max_words = 0;  ///< 0: no limit
  int64_t min_words = 0;  ///< goes before max_sentences, and max_words before it
  BatchLimits batch = {};
  /// Sections done of those that a pass over long documents has, or sentences read of all of them.
  /// What it throws ends the run.
  WindowProgress progress = {};
  /// Asked between parts of the work, and before every token of a model that writes, from any
  /// thread: true ends the run with an Error of the code deadline. Must be quick and must not
  /// throw.
  std::function<bool()> given_up = {};
};

/// @throws Error deadline when the run was given up.
void check_given_up(const SummaryOptions& options);
[[noreturn]] void throw_given_up();

struct Summary {
  std::string text;
  /// Where the document holds the sentences of `text`, in its order, in bytes. Empty when the text
  /// is not made of sentences of the document.
  std::vector<TextSpan> sentences;
  int64_t document_sentences = 0;  ///< sentences there were to choose from
  int64_t tokens = 0;              ///< tokens that the model saw; 0 without a model
  int64_t generated_tokens = 0;    ///< tokens that the model wrote
  int64_t sections = 1;            ///< parts of the document that were summarized on their own
  int64_t passes = 1;              ///< 1, and 1 for each time that summaries were summarized
  bool truncated = false;          ///< true when the model did not see the whole document
};

/// @throws Error invalid_input for limits that no summary can keep.
void check_options(const SummaryOptions& options);

/// Makes summaries, by whatever means. One thread at a time.
class Summarizer {
 public:
  virtual ~Summarizer() = default;

  /// One line for people: what makes the summaries, on what.
  virtual std::string description() const = 0;

  /// One summary per document, in order; that of a document without a word is empty.
  /// @throws Error what the model throws, invalid_input for ill-formed UTF-8 or impossible options.
  virtual std::vector<Summary> run(std::span<const std::string> documents,
                                   const SummaryOptions& options) = 0;
};

/// The sentences of a summary, one per line: the form that ROUGE-Lsum reads.
std::string summary_lines(const Summary& summary, std::string_view document);

/// A text's sentences, one per line, without line ends inside.
std::string sentence_lines(std::string_view text);

}  // namespace jnlp
