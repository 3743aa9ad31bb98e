#include "ops/quantize_weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <vector>

#include "kernels/kernels.h"

namespace jnlp {
namespace {

std::vector<int8_t> quantize(const std::vector<float>& weights, ChannelScale* scale) {
  std::vector<int8_t> bytes(weights.size(), 99);
  *scale = quantize_channel(weights, bytes.data());
  return bytes;
}

double mean_squared_error(const std::vector<float>& weights) {
  ChannelScale scale;
  const std::vector<int8_t> bytes = quantize(weights, &scale);
  double error = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    error += std::pow(static_cast<double>(weights[i]) - bytes[i] * scale.scale, 2);
  }
  return error / static_cast<double>(weights.size());
}

std::vector<float> normal_values(size_t count, uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0, 0.05F);
  std::vector<float> values(count);
  for (float& value : values) value = normal(generator);
  return values;
}

TEST(QuantizeChannel, KeepsPairsWithinTheirLimitAndSumsTheBytes) {
  for (const size_t size : {1U, 2U, 3U, 64U, 383U, 384U}) {
    std::vector<float> weights = normal_values(size, static_cast<uint32_t>(size));
    // Large neighbours of any signs, which together would pass the limit.
    for (size_t i = 0; i + 1 < size; i += 7)
      weights[i] = weights[i + 1] = i % 2 == 0 ? 0.3F : -0.3F;
    ChannelScale scale;
    const std::vector<int8_t> bytes = quantize(weights, &scale);
    int32_t sum = 0;
    for (size_t i = 0; i < size; ++i) {
      sum += bytes[i];
      EXPECT_GE(bytes[i], -127);
      EXPECT_EQ(bytes[i] < 0, weights[i] < 0 && bytes[i] != 0);
      if (i % 2 == 1) {
        EXPECT_LE(std::abs(bytes[i - 1]) + std::abs(bytes[i]), kInt8PairLimit);
      }
    }
    EXPECT_EQ(scale.sum, sum);
    EXPECT_GT(scale.scale, 0);
  }
}

// Seven bits are what a limit on each weight, not on pairs, would leave: 64 steps to the greatest
// magnitude, which err by a twelfth of a step's square. Real channels, with rarer large weights,
// gain more than these normal ones.
TEST(QuantizeChannel, ErrsLessThanSevenBits) {
  for (const uint32_t seed : {1U, 2U, 3U}) {
    const std::vector<float> weights = normal_values(1536, seed);
    float greatest = 0;
    for (const float weight : weights) greatest = std::max(greatest, std::abs(weight));
    const double step = greatest / 64;
    EXPECT_LT(mean_squared_error(weights), 0.85 * step * step / 12);
  }
}

TEST(QuantizeChannel, ZerosAndHugeValuesAreNoTrouble) {
  ChannelScale scale;
  for (const int8_t byte : quantize(std::vector<float>(8, 0.0F), &scale)) EXPECT_EQ(byte, 0);
  EXPECT_EQ(scale.sum, 0);
  const std::vector<int8_t> huge = quantize({3e38F, -3e38F, 1e38F, 0.0F}, &scale);
  EXPECT_EQ(huge[3], 0);
  EXPECT_GT(huge[0], 0);
  // A checkpoint with damage gives some bytes, never undefined behaviour.
  quantize({std::numeric_limits<float>::quiet_NaN(), 1.0F, -1.0F}, &scale);
  quantize({std::numeric_limits<float>::infinity(), 1.0F, -1.0F}, &scale);
}

}  // namespace
}  // namespace jnlp
