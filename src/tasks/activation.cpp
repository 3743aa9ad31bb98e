#include "tasks/activation.h"

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

Activation activation_from_name(std::string_view name) {
  if (name == "softmax") return Activation::softmax;
  if (name == "sigmoid") return Activation::sigmoid;
  if (name == "none") return Activation::none;
  throw Error(ErrorCode::invalid_input,
              fmt::format("unknown function '{}'; use softmax, sigmoid or none", name));
}

Activation default_activation(const Json& config, size_t labels) {
  std::string problem;
  if (const auto found = config.find("problem_type"); found != config.end() && found->is_string()) {
    problem = found->get<std::string>();
  }
  if (problem == "regression") return Activation::none;
  if (problem == "multi_label_classification" || labels == 1) return Activation::sigmoid;
  return Activation::softmax;
}

void apply_activation(Activation activation, std::span<float> logits) {
  if (logits.empty()) return;
  switch (activation) {
    case Activation::softmax:
      softmax(logits);
      break;
    case Activation::sigmoid:
      for (float& value : logits) value = 1.0F / (1.0F + std::exp(-value));
      break;
    case Activation::none:
      break;
  }
}

}  // namespace jnlp
