#include "evaluate/chat_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "evaluate/measure_singly.h"
#include "evaluate/metrics/contained_answer.h"
#include "evaluate/random.h"
#include "evaluate/share_metrics.h"

namespace jnlp {
namespace {

// Right and all, per category.
using Categories = std::map<std::string, std::pair<int64_t, int64_t>>;

OrderedJson categories_json(const Categories& categories) {
  OrderedJson json = OrderedJson::object();
  for (const auto& [name, counts] : categories) {
    json[name] = {{"right", counts.first}, {"questions", counts.second}};
  }
  return json;
}

OrderedJson prediction(const std::string& task, size_t sample, const ChatExample& example,
                       const ChatReply& reply, double latency_ms) {
  OrderedJson json = {{"task", task},
                      {"sample", sample},
                      {"id", example.id},
                      {"category", example.category},
                      {"question", example.turns.back()},
                      {"expected", example.answers},
                      {"predicted", reply.text},
                      {"finish_reason", to_string(reply.finish_reason)}};
  json["right"] = nullptr;
  if (!example.answers.empty()) json["right"] = contains_answer(reply.text, example.answers);
  json["latency_ms"] = latency_ms;
  return json;
}

void note_unscored(size_t scored, size_t all, TaskReport* report) {
  if (scored == all) return;
  report->notes.push_back(
      scored == 0
          ? std::string("no question has an accepted answer: only the speed was measured")
          : fmt::format("{} of {} questions have no accepted answer: only their speed was measured",
                        all - scored, all));
}

}  // namespace

void evaluate_chat(const std::vector<ChatExample>& examples, const ChatResponder& respond,
                   const EvaluateOptions& options, TaskReport* report) {
  const auto chosen = choose_subset(examples.size(), options);
  const auto measured = measure_singly<ChatReply>(
      chosen.size(), [&](size_t i) { return respond(examples[chosen[i]]); }, report->task,
      kSinglePassWarmup);
  std::vector<bool> right;
  std::vector<GenerationStats> turns;
  Categories categories;
  int64_t cut = 0;
  for (size_t i = 0; i < chosen.size(); ++i) {
    const ChatExample& example = examples[chosen[i]];
    const ChatReply& reply = measured.results[i];
    turns.insert(turns.end(), reply.turns.begin(), reply.turns.end());
    if (reply.finish_reason != FinishReason::end_of_text) ++cut;
    report->predictions.push_back(
        prediction(report->task, chosen[i], example, reply, measured.latencies_ms[i]));
    if (example.answers.empty()) continue;
    right.push_back(contains_answer(reply.text, example.answers));
    auto& [right_ones, all] = categories[example.category];
    right_ones += right.back() ? 1 : 0;
    ++all;
  }
  report->dataset_size = examples.size();
  report->samples = chosen.size();
  report->performance = measured.performance;
  report->notes.emplace_back(kSinglePassNote);
  report->generation = generation_speed(turns);
  if (!right.empty()) {
    report->metrics.push_back(share_metric("accuracy", "accuracy (answer contained)", right));
  }
  report->details["rules"] = "an accepted answer as whole words of the answer, normalized";
  report->details["scored"] = right.size();
  report->details["per_category"] = categories_json(categories);
  report->details["answers_cut"] = cut;
  if (cut > 0) {
    report->notes.push_back(fmt::format(
        "{} of {} answers were cut by the limit of tokens or the context", cut, chosen.size()));
  }
  note_unscored(right.size(), chosen.size(), report);
}

}  // namespace jnlp
