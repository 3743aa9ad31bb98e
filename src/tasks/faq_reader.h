#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "backends/text_generator.h"
#include "tasks/faq_documents.h"
#include "tokenize/encoding.h"

namespace jnlp {

/// What somebody who read passages says of a question.
struct FaqReading {
  std::string text;    ///< empty when they hold no answer
  size_t passage = 0;  ///< which of those read it is from
  TextSpan span;       ///< where it stands in that passage's text; {0, 0} for words of one's own
  float score = 0;     ///< probability of words of the passage; 0 for words of one's own
  int64_t tokens = 0;  ///< read
  std::optional<Generation> generation;  ///< how words of one's own came about
};

/// Reads passages of texts to answer a question.
class FaqReader {
 public:
  virtual ~FaqReader() = default;

  /// One line for people: what model, on what.
  virtual std::string description() const = 0;

  /// `passages`: the most similar first, at least one. `hooks` are for readers that write.
  /// @throws Error what the model behind it throws.
  virtual FaqReading read(const std::string& question, std::span<const FaqPassage* const> passages,
                          const GenerationHooks& hooks) = 0;
};

}  // namespace jnlp
