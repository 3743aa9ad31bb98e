#include "ops/smoothing.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace jnlp {
namespace {

// A channel that was nearly silent may speak up on another text, and no factor may then make it the
// largest of all: nothing counts as smaller than this part of the channels' mean.
constexpr double kLeastPart = 0.05;

std::vector<float> raised(std::span<const float> maxima) {
  const double sum = std::accumulate(maxima.begin(), maxima.end(), 0.0);
  const auto least = static_cast<float>(kLeastPart * sum / static_cast<double>(maxima.size()));
  std::vector<float> result(maxima.begin(), maxima.end());
  for (float& maximum : result) maximum = std::max(maximum, least);
  return result;
}

std::vector<float> column_maxima(int64_t inputs, std::span<const LinearPart> parts) {
  const auto columns = static_cast<size_t>(inputs);
  std::vector<float> maxima(columns);
  for (const LinearPart& part : parts) {
    for (size_t i = 0; i < part.weight.size(); ++i) {
      maxima[i % columns] = std::max(maxima[i % columns], std::abs(part.weight[i]));
    }
  }
  return maxima;
}

}  // namespace

std::vector<float> smoothing_factors(int64_t inputs, std::span<const LinearPart> parts,
                                     std::span<const float> input_maxima) {
  const std::vector<float> activations = raised(input_maxima);
  const std::vector<float> weights = raised(column_maxima(inputs, parts));
  // Too small to divide by, or no numbers: there is nothing to even out.
  const auto usable = [](float value) { return value > 1e-20F && value < 1e20F; };
  if (!std::all_of(activations.begin(), activations.end(), usable) ||
      !std::all_of(weights.begin(), weights.end(), usable)) {
    return {};
  }
  std::vector<float> factors(activations.size());
  for (size_t j = 0; j < factors.size(); ++j) factors[j] = std::sqrt(weights[j] / activations[j]);
  return factors;
}

}  // namespace jnlp
