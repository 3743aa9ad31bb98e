#include "evaluate/qa_evaluation.h"

#include <algorithm>

#include "evaluate/measure.h"
#include "evaluate/metrics/answers.h"
#include "evaluate/metrics/bootstrap.h"
#include "evaluate/random.h"

namespace jnlp {
namespace {

struct Scored {
  AnswerScore score;
  bool has_answer = true;
};

std::string best_answer(const Answers& result) {
  return result.answers.empty() ? std::string() : result.answers.front().text;
}

bool same_answer(const Answers& a, const Answers& b) {
  if (a.answers.empty() || b.answers.empty()) return a.answers.empty() == b.answers.empty();
  return a.answers.front().span == b.answers.front().span &&
         a.answers.front().score == b.answers.front().score;
}

std::vector<std::string> reference_texts(const QaExample& example) {
  std::vector<std::string> texts;
  for (const QaAnswer& answer : example.answers) texts.push_back(answer.text);
  return texts;
}

// Mean EM and F1 with intervals over the scored questions that `keep` lets through.
void append_means(const std::vector<Scored>& scored, const std::function<bool(const Scored&)>& keep,
                  const std::string& key_prefix, const std::string& name_suffix,
                  const EvaluateOptions& options, std::vector<Metric>* metrics) {
  std::vector<AnswerScore> kept;
  for (const Scored& question : scored) {
    if (keep(question)) kept.push_back(question.score);
  }
  if (kept.empty()) return;
  const auto count = static_cast<double>(kept.size());
  const auto resampled = [&](std::span<const uint32_t> drawn) {
    AnswerScore sum;
    for (const uint32_t i : drawn) {
      sum.exact += kept[i].exact;
      sum.f1 += kept[i].f1;
    }
    return std::vector<double>{sum.exact / count, sum.f1 / count};
  };
  const auto intervals =
      bootstrap_intervals(kept.size(), resampled, {options.resamples, 0.95, options.seed});
  std::vector<uint32_t> all(kept.size());
  for (size_t i = 0; i < kept.size(); ++i) all[i] = static_cast<uint32_t>(i);
  const auto values = resampled(all);
  metrics->push_back(
      {key_prefix + "exact_match", "exact match" + name_suffix, values[0], intervals[0]});
  metrics->push_back({key_prefix + "f1", "F1" + name_suffix, values[1], intervals[1]});
}

std::vector<Metric> metrics_of(const std::vector<Scored>& scored, bool squad_v2,
                               const EvaluateOptions& options) {
  std::vector<Metric> metrics;
  append_means(
      scored, [](const Scored&) { return true; }, "", "", options, &metrics);
  if (!squad_v2) return metrics;
  append_means(
      scored, [](const Scored& question) { return question.has_answer; }, "has_answer_",
      " (answerable)", options, &metrics);
  append_means(
      scored, [](const Scored& question) { return !question.has_answer; }, "no_answer_",
      " (unanswerable)", options, &metrics);
  return metrics;
}

Measured<Answers> run_questions(const std::vector<QuestionContext>& inputs, bool may_be_empty,
                                const AnswerPredictor& predict, const std::string& label,
                                int64_t batch_size) {
  const auto run = [&](size_t begin, size_t end) {
    return predict(std::span<const QuestionContext>(inputs).subspan(begin, end - begin),
                   may_be_empty);
  };
  return Measurement<Answers>(inputs.size(), run, same_answer, {label, batch_size}).measure();
}

}  // namespace

void evaluate_qa(const std::vector<QaExample>& examples, const AnswerPredictor& predict,
                 const EvaluateOptions& options, TaskReport* report) {
  const bool squad_v2 = std::any_of(examples.begin(), examples.end(),
                                    [](const QaExample& e) { return e.is_impossible; });
  const auto chosen = choose_subset(examples.size(), options);
  std::vector<QuestionContext> inputs;
  inputs.reserve(chosen.size());
  for (const size_t i : chosen) inputs.push_back({examples[i].question, examples[i].context});
  const auto measured = run_questions(inputs, squad_v2, predict, report->task, options.batch_size);

  std::vector<Scored> scored;
  for (size_t i = 0; i < chosen.size(); ++i) {
    const QaExample& example = examples[chosen[i]];
    const Answers& result = measured.results[i];
    const std::string answer = best_answer(result);
    const auto references = reference_texts(example);
    const AnswerScore score =
        squad_v2 ? score_answer_v2(answer, references) : score_answer_v1(answer, references);
    scored.push_back({score, !example.is_impossible});
    if (result.windows > 1) ++report->windowed;
    report->predictions.push_back({{"task", report->task},
                                   {"sample", chosen[i]},
                                   {"id", example.id},
                                   {"question", example.question},
                                   {"expected", references},
                                   {"predicted", answer},
                                   {"score", result.answers.empty() ? 0 : result.answers[0].score},
                                   {"exact_match", score.exact},
                                   {"f1", score.f1},
                                   {"windows", result.windows},
                                   {"latency_ms", measured.latencies_ms[i]}});
  }
  report->dataset_size = examples.size();
  report->samples = chosen.size();
  report->performance = measured.performance;
  report->metrics = metrics_of(scored, squad_v2, options);
  report->details["rules"] = squad_v2 ? "SQuAD 2.0" : "SQuAD 1.1";
  report->details["unanswerable"] = std::count_if(
      scored.begin(), scored.end(), [](const Scored& question) { return !question.has_answer; });
}

}  // namespace jnlp
