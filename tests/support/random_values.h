#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace jnlp::test {

/// Normally distributed, the same for the same seed.
inline std::vector<float> random_values(int64_t count, uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = normal(generator);
  return values;
}

}  // namespace jnlp::test
