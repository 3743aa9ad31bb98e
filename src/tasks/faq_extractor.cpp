#include "tasks/faq_extractor.h"

#include <utility>
#include <vector>

namespace jnlp {

FaqExtractor::FaqExtractor(QuestionAnswerer answerer, AnswerOptions options)
    : answerer_(std::move(answerer)), options_(std::move(options)) {}

std::string FaqExtractor::description() const {
  return answerer_.model().backend->description();
}

FaqReading FaqExtractor::read(const std::string& question,
                              std::span<const FaqPassage* const> passages,
                              const GenerationHooks& /*hooks*/) {
  std::vector<QuestionContext> inputs;
  for (const FaqPassage* passage : passages) inputs.push_back({question, passage->text});
  const std::vector<Answers> results = answerer_.run(inputs, options_);
  FaqReading reading;
  for (size_t i = 0; i < results.size(); ++i) {
    reading.tokens += results[i].tokens;
    if (results[i].answers.empty()) continue;
    const Answer& best = results[i].answers.front();
    if (best.score <= reading.score) continue;
    reading.text = best.text;
    reading.passage = i;
    reading.span = best.span;
    reading.score = best.score;
  }
  return reading;
}

}  // namespace jnlp
