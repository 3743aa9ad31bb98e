#include "evaluate/faq_evaluation.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "evaluate/measure_singly.h"
#include "evaluate/metrics/contained_answer.h"
#include "evaluate/random.h"
#include "evaluate/share_metrics.h"

namespace jnlp {
namespace {

// What is true of each question that it can be true of.
struct Outcomes {
  std::vector<bool> first;     // the nearest passage is the source
  std::vector<bool> any;       // one of those looked at is
  std::vector<bool> right;     // the answer contains an accepted one
  std::vector<bool> answered;  // of those that have an answer
  std::vector<bool> refused;   // of those that have none
  size_t looked_at = 1;
};

bool is_answerable(const ChatExample& example) {
  return !example.answers.empty() || !example.source.empty();
}

void check(const std::vector<ChatExample>& examples) {
  const bool any_reference = std::any_of(examples.begin(), examples.end(), [](const auto& example) {
    return is_answerable(example) || example.is_impossible;
  });
  if (!any_reference) {
    throw Error(ErrorCode::invalid_input,
                "questions to documents need \"answers\" or a \"source\" to be scored by");
  }
  for (const ChatExample& example : examples) {
    if (example.turns.size() > 1) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("question {} has several turns, but documents answer each question "
                              "by itself",
                              example.id));
    }
  }
}

void add(const ChatExample& example, const FaqReply& reply, Outcomes* outcomes) {
  if (example.is_impossible) {
    outcomes->refused.push_back(!reply.found);
    return;
  }
  if (!is_answerable(example)) return;
  outcomes->answered.push_back(reply.found);
  if (!example.answers.empty()) {
    outcomes->right.push_back(reply.found && contains_answer(reply.text, example.answers));
  }
  if (example.source.empty()) return;
  const auto& sources = reply.sources;
  outcomes->first.push_back(!sources.empty() && sources.front() == example.source);
  outcomes->any.push_back(std::find(sources.begin(), sources.end(), example.source) !=
                          sources.end());
  outcomes->looked_at = std::max(outcomes->looked_at, sources.size());
}

std::vector<Metric> metrics_of(const Outcomes& outcomes) {
  std::vector<Metric> metrics;
  const auto append = [&](const std::string& key, const std::string& name,
                          const std::vector<bool>& right) {
    if (!right.empty()) metrics.push_back(share_metric(key, name, right));
  };
  append("answer_accuracy", "answers right", outcomes.right);
  append("hit_at_1", "source is the nearest", outcomes.first);
  if (outcomes.looked_at > 1) {
    append(fmt::format("hit_at_{}", outcomes.looked_at),
           fmt::format("source in the nearest {}", outcomes.looked_at), outcomes.any);
  }
  append("answered", "answered (answerable)", outcomes.answered);
  append("refused", "refused (unanswerable)", outcomes.refused);
  return metrics;
}

OrderedJson prediction(const std::string& task, size_t sample, const ChatExample& example,
                       const FaqReply& reply, double latency_ms) {
  OrderedJson json = {{"task", task},
                      {"sample", sample},
                      {"id", example.id},
                      {"question", example.turns.front()},
                      {"expected", example.answers},
                      {"predicted", reply.text},
                      {"found", reply.found},
                      {"kind", reply.kind},
                      {"expected_source", example.source},
                      {"sources", reply.sources},
                      {"similarity", reply.similarity}};
  json["right"] = nullptr;
  if (!example.answers.empty()) {
    json["right"] = reply.found && contains_answer(reply.text, example.answers);
  }
  json["latency_ms"] = latency_ms;
  return json;
}

}  // namespace

void evaluate_faq(const std::vector<ChatExample>& examples, const FaqResponder& respond,
                  const EvaluateOptions& options, TaskReport* report) {
  check(examples);
  const auto chosen = choose_subset(examples.size(), options);
  const auto measured = measure_singly<FaqReply>(
      chosen.size(), [&](size_t i) { return respond(examples[chosen[i]].turns.front()); },
      report->task, kSinglePassWarmup);
  Outcomes outcomes;
  std::vector<GenerationStats> written;
  for (size_t i = 0; i < chosen.size(); ++i) {
    const ChatExample& example = examples[chosen[i]];
    const FaqReply& reply = measured.results[i];
    add(example, reply, &outcomes);
    if (reply.generation) written.push_back(*reply.generation);
    report->predictions.push_back(
        prediction(report->task, chosen[i], example, reply, measured.latencies_ms[i]));
  }
  report->dataset_size = examples.size();
  report->samples = chosen.size();
  report->performance = measured.performance;
  report->notes.emplace_back(kSinglePassNote);
  if (!written.empty()) report->generation = generation_speed(written);
  report->metrics = metrics_of(outcomes);
  report->details["rules"] = "an accepted answer as whole words of the answer, normalized";
  report->details["answerable"] = outcomes.answered.size();
  report->details["unanswerable"] = outcomes.refused.size();
}

}  // namespace jnlp
