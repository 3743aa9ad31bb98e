#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "tasks/faq_reader.h"
#include "tasks/question_answerer.h"

namespace jnlp {

/// Which of some passages to quote, the most similar first, by the probabilities that a model gives
/// its best answer in each. A model is often sure of its best guess in a passage without the
/// answer, so that a passage must be five times as sure as the one before it; docs/chat.md has the
/// measurement.
size_t passage_to_quote(std::span<const float> scores);

/// Answers with words of a passage, most often the most similar one: it cannot invent any.
class FaqExtractor : public FaqReader {
 public:
  explicit FaqExtractor(QuestionAnswerer answerer, AnswerOptions options = {});

  std::string description() const override;
  FaqReading read(const std::string& question, std::span<const FaqPassage* const> passages,
                  const GenerationHooks& hooks) override;

 private:
  QuestionAnswerer answerer_;
  AnswerOptions options_;
};

}  // namespace jnlp
