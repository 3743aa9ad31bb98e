#include "tasks/score_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace jnlp {
namespace {

void softmax(std::span<float> logits) {
  const float greatest = *std::max_element(logits.begin(), logits.end());
  float sum = 0;
  for (float& value : logits) {
    value = std::exp(value - greatest);
    sum += value;
  }
  for (float& value : logits) value /= sum;
}

}  // namespace

ScoreFunction score_function_from_name(std::string_view name) {
  if (name == "softmax") return ScoreFunction::softmax;
  if (name == "sigmoid") return ScoreFunction::sigmoid;
  if (name == "none") return ScoreFunction::none;
  throw Error(ErrorCode::invalid_input,
              fmt::format("unknown function '{}'; use softmax, sigmoid or none", name));
}

ScoreFunction default_score_function(const Json& config, size_t labels) {
  std::string problem;
  if (const auto found = config.find("problem_type"); found != config.end() && found->is_string()) {
    problem = found->get<std::string>();
  }
  if (problem == "regression") return ScoreFunction::none;
  if (problem == "multi_label_classification" || labels == 1) return ScoreFunction::sigmoid;
  return ScoreFunction::softmax;
}

void apply_score_function(ScoreFunction function, std::span<float> logits) {
  if (logits.empty()) return;
  switch (function) {
    case ScoreFunction::softmax:
      softmax(logits);
      break;
    case ScoreFunction::sigmoid:
      for (float& value : logits) value = 1.0F / (1.0F + std::exp(-value));
      break;
    case ScoreFunction::none:
      break;
  }
}

}  // namespace jnlp
