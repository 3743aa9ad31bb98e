#include "llm/quality_run.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "evaluate/metrics/wilson.h"

namespace jnlp {
namespace {

bool is_right_scored(TextScorer& scorer, const QualityItem& item) {
  if (item.continuations.size() == 1) {
    return scorer.score(item.context, item.continuations.front()).greedy;
  }
  std::vector<double> scores;
  for (const std::string& continuation : item.continuations) {
    scores.push_back(scorer.score(item.context, continuation).log_probability());
  }
  const auto best = std::max_element(scores.begin(), scores.end());
  return static_cast<size_t>(best - scores.begin()) == item.right;
}

bool is_right_written(LlmRuntime& runtime, const QualitySet& set, const QualityItem& item) {
  const RuntimeAnswer answer =
      runtime.generate({.prompt = item.prompt, .max_tokens = set.max_tokens, .stop = set.stop});
  return is_right(set.kind, answer.text, item.expected);
}

}  // namespace

std::string_view to_string(QualityForm form) {
  return form == QualityForm::scored ? "scored" : "written";
}

bool has_form(LlmRuntime& runtime, const QualitySet& set, QualityForm form) {
  if (form == QualityForm::written) return true;
  return runtime.scorer() != nullptr && !set.items.empty() &&
         !set.items.front().continuations.empty();
}

QualityResult run_quality(LlmRuntime& runtime, const QualitySet& set, QualityForm form,
                          const std::function<void()>& on_item) {
  QualityResult result;
  result.set = set.name;
  result.form = form;
  result.samples = set.items.size();
  std::vector<bool> right;
  for (const QualityItem& item : set.items) {
    try {
      right.push_back(form == QualityForm::scored ? is_right_scored(*runtime.scorer(), item)
                                                  : is_right_written(runtime, set, item));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::invalid_input) throw;
      right.push_back(false);
      ++result.too_long;
    }
    on_item();
  }
  const auto hits = static_cast<size_t>(std::count(right.begin(), right.end(), true));
  result.accuracy = static_cast<double>(hits) / static_cast<double>(right.size());
  result.interval = wilson_interval(hits, right.size());
  return result;
}

}  // namespace jnlp
