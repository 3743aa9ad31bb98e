#include "models/embedding_table.h"

#include <algorithm>
#include <cmath>

namespace jnlp {
namespace {

constexpr float kSteps = 127;
// Adding and subtracting it rounds to the nearest whole number, ties to even, without a call, so
// that the compiler makes vectors of it.
constexpr float kRound = 12582912;  // 1.5 * 2^23

float scale_of(std::span<const float> row) {
  float largest = 0;
  for (const float value : row) largest = std::max(largest, std::abs(value));
  return largest / kSteps;
}

// The step nearest to a value; 0 for a scale so small that it vanished.
float step_of(float value, float scale) {
  const float step = scale > 0 ? value / scale : 0;
  return std::min(kSteps, std::max(-kSteps, (step + kRound) - kRound));
}

}  // namespace

float round_row(std::span<const float> row, int8_t* out) {
  const float scale = scale_of(row);
  for (const float value : row) *out++ = static_cast<int8_t>(step_of(value, scale));
  return scale;
}

void EmbeddingTable::copy_row(int64_t row, float* out) const {
  const auto width = static_cast<size_t>(width_);
  const size_t begin = static_cast<size_t>(row) * width;
  if (!bytes_.scales.empty()) {
    const float scale = bytes_.scales[static_cast<size_t>(row)];
    const int8_t* bytes = bytes_.bytes.data() + begin;
    for (size_t i = 0; i < width; ++i) out[i] = static_cast<float>(bytes[i]) * scale;
    return;
  }
  const std::span<const float> values = floats_.values.subspan(begin, width);
  if (!rounded_) {
    std::copy(values.begin(), values.end(), out);
    return;
  }
  const float scale = scale_of(values);
  for (size_t i = 0; i < width; ++i) out[i] = step_of(values[i], scale) * scale;
}

}  // namespace jnlp
