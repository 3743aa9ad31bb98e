#include "tasks/faq_extractor.h"

#include <utility>
#include <vector>

namespace jnlp {

size_t passage_to_quote(std::span<const float> scores) {
  constexpr float kWeightOfNext = 0.2F;
  size_t best = 0;
  float highest = 0;
  float weight = 1;
  for (size_t i = 0; i < scores.size(); ++i, weight *= kWeightOfNext) {
    if (scores[i] * weight <= highest) continue;
    highest = scores[i] * weight;
    best = i;
  }
  return best;
}

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
  std::vector<float> scores;
  for (const Answers& result : results) {
    reading.tokens += result.tokens;
    scores.push_back(result.answers.empty() ? 0 : result.answers.front().score);
  }
  reading.passage = passage_to_quote(scores);
  if (scores[reading.passage] <= 0) return reading;
  const Answer& best = results[reading.passage].answers.front();
  reading.text = best.text;
  reading.span = best.span;
  reading.score = best.score;
  return reading;
}

}  // namespace jnlp
