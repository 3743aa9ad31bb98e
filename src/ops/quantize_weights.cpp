#include "ops/quantize_weights.h"

#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"

namespace jnlp {
namespace {

constexpr float kLimit = kInt8WeightLimit;

float step_of(float weight, float inverse) {
  return std::clamp(std::nearbyint(weight * inverse), -kLimit, kLimit);
}

double squared_error(std::span<const float> weights, float scale) {
  const float inverse = 1.0F / scale;
  double error = 0;
  for (const float weight : weights) {
    const float difference = weight - step_of(weight, inverse) * scale;
    error += static_cast<double>(difference) * difference;
  }
  return error;
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
  float best_scale = greatest / kLimit;
  double best_error = squared_error(weights, best_scale);
  for (int percent = 95; percent >= 50; percent -= 5) {
    const float scale = greatest / kLimit * static_cast<float>(percent) / 100.0F;
    const double error = squared_error(weights, scale);
    if (error >= best_error) continue;
    best_error = error;
    best_scale = scale;
  }
  const float inverse = 1.0F / best_scale;
  int32_t sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    out[i] = static_cast<int8_t>(step_of(weights[i], inverse));
    sum += out[i];
  }
  return {best_scale, sum};
}

}  // namespace jnlp
