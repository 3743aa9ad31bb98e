#include "ops/smoothing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/dispatch.h"
#include "support/random_values.h"

namespace jnlp {
namespace {

using test::random_values;

std::vector<float> maxima_of_columns(const std::vector<float>& values, int64_t columns) {
  std::vector<float> maxima(static_cast<size_t>(columns));
  for (size_t i = 0; i < values.size(); ++i) {
    float& maximum = maxima[i % maxima.size()];
    maximum = std::max(maximum, std::abs(values[i]));
  }
  return maxima;
}

TEST(Smoothing, GivesActivationsAndWeightsTheSameRange) {
  const std::vector<float> first = {1.0F, -2.0F, 0.5F, 1.0F};
  const std::vector<float> second = {-3.0F, 0.5F};
  const LinearPart parts[] = {{first, {}}, {second, {}}};
  const std::vector<float> maxima = {12.0F, 0.5F};
  const std::vector<float> factors = smoothing_factors(2, parts, maxima);
  ASSERT_EQ(factors.size(), 2U);
  EXPECT_FLOAT_EQ(12.0F * factors[0], 3.0F / factors[0]);
  EXPECT_FLOAT_EQ(0.5F * factors[1], 2.0F / factors[1]);
}

TEST(Smoothing, AChannelThatWasSilentGetsNoFactorWithoutBounds) {
  const std::vector<float> weight = {1.0F, 1.0F, 0.0F, 1.0F};
  const LinearPart part{weight, {}};
  const std::vector<float> maxima = {0.0F, 1.0F, 1.0F, 2.0F};
  for (const float factor : smoothing_factors(4, {&part, 1}, maxima)) {
    EXPECT_GT(factor, 0.1F);
    EXPECT_LT(factor, 10.0F);
  }
}

TEST(Smoothing, ThereIsNothingToEvenOutWithoutNumbers) {
  const std::vector<float> weight = {1.0F, 1.0F};
  const std::vector<float> zeros = {0.0F, 0.0F};
  const LinearPart part{weight, {}};
  const LinearPart zero_part{zeros, {}};
  EXPECT_TRUE(smoothing_factors(2, {&part, 1}, zeros).empty());
  EXPECT_TRUE(smoothing_factors(2, {&zero_part, 1}, weight).empty());
  const std::vector<float> infinite = {1.0F, std::numeric_limits<float>::infinity()};
  const LinearPart infinite_part{infinite, {}};
  EXPECT_TRUE(smoothing_factors(2, {&infinite_part, 1}, weight).empty());
}

// One channel of activations is forty times as large as the others, as in real encoders.
TEST(Smoothing, MakesProductsOfUnevenChannelsMoreExact) {
  const int64_t inputs = 96;
  const int64_t outputs = 40;
  const int64_t rows = 20;
  const std::vector<float> weight = random_values(outputs * inputs, 1);
  std::vector<float> x = random_values(rows * inputs, 2);
  for (size_t i = 17; i < x.size(); i += static_cast<size_t>(inputs)) x[i] *= 40.0F;
  const LinearPart part{weight, {}};
  ThreadPool pool(1);
  const Exec exec{best_kernels(), pool};
  const auto product = [&](WeightType type, const std::vector<float>& factors) {
    const PackedLinear layer(exec, inputs, {&part, 1}, type, factors);
    LinearScratch scratch;
    std::vector<float> out(static_cast<size_t>(rows * outputs));
    linear(exec, layer.view(), {x.data(), rows, inputs}, Activation::none, &scratch, out.data(),
           outputs);
    return out;
  };
  const std::vector<float> exact = product(WeightType::f32, {});
  const auto error = [&](const std::vector<float>& values) {
    double sum = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      sum += std::pow(static_cast<double>(values[i]) - static_cast<double>(exact[i]), 2);
    }
    return sum;
  };
  const std::vector<float> factors =
      smoothing_factors(inputs, {&part, 1}, maxima_of_columns(x, inputs));
  EXPECT_LT(error(product(WeightType::int8, factors)), error(product(WeightType::int8, {})) / 5);
}

}  // namespace
}  // namespace jnlp
