#include "ops/quantize_weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/kernels.h"

namespace jnlp {
namespace {

constexpr float kLimit = 127;

// Shrinks a pair that is too large to the nearest one that is not: the same off both magnitudes.
void fit_pair(float* first, float* second) {
  const float excess = std::abs(*first) + std::abs(*second) - kInt8PairLimit;
  const float least = std::min(std::abs(*first), std::abs(*second));
  const float off_less = std::min(least, std::floor(excess / 2));
  float* larger = std::abs(*first) >= std::abs(*second) ? first : second;
  float* smaller = larger == first ? second : first;
  *smaller -= std::copysign(off_less, *smaller);
  *larger -= std::copysign(excess - off_less, *larger);
}

// Adding and subtracting this rounds to the nearest whole number.
constexpr float kRoundShift = 12582912.0F;

// weights / scale in whole numbers; returns the squared error in units of the weights.
float round_to_steps(std::span<const float> weights, float scale, float* steps) {
  const float inverse = 1.0F / scale;
  for (size_t i = 0; i < weights.size(); ++i) {
    const float inside = std::min(std::max(-kLimit, weights[i] * inverse), kLimit);
    steps[i] = (inside + kRoundShift) - kRoundShift;
  }
  for (size_t i = 0; i + 1 < weights.size(); i += 2) {
    if (std::abs(steps[i]) + std::abs(steps[i + 1]) > kInt8PairLimit) {
      fit_pair(steps + i, steps + i + 1);
    }
  }
  constexpr size_t kLanes = 8;  // sums side by side, which the compiler may do at once
  float error[kLanes] = {};
  for (size_t i = 0; i < weights.size(); ++i) {
    const float difference = weights[i] - steps[i] * scale;
    error[i % kLanes] += difference * difference;
  }
  return std::accumulate(error, error + kLanes, 0.0F);
}

}  // namespace

ChannelScale quantize_channel(std::span<const float> weights, int8_t* out) {
  float greatest = 0;
  for (const float weight : weights) greatest = std::max(greatest, std::abs(weight));
  // A channel of zeros (or of values too small to divide by) becomes zeros.
  if (!(greatest > 1e-30F)) {
    std::fill_n(out, weights.size(), int8_t{0});
    return {0.0F, 0};
  }
  std::vector<float> steps(weights.size());
  std::vector<float> best(weights.size());
  float best_scale = greatest / kLimit;
  float least = round_to_steps(weights, best_scale, best.data());
  // Up to twice the range of a byte: pairs may be what limits a channel, then larger steps are
  // better.
  for (int percent = 200; percent >= 40; percent -= 5) {
    const float scale = greatest / kLimit * static_cast<float>(percent) / 100.0F;
    const double error = round_to_steps(weights, scale, steps.data());
    if (error >= least) continue;
    least = error;
    best_scale = scale;
    best.swap(steps);
  }
  int32_t sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    out[i] = static_cast<int8_t>(best[i]);
    sum += out[i];
  }
  return {best_scale, sum};
}

}  // namespace jnlp
