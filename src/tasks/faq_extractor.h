#pragma once

#include <span>
#include <string>

#include "tasks/faq_reader.h"
#include "tasks/question_answerer.h"

namespace jnlp {

/// Answers with words of a passage: it cannot invent any.
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
