#include "ops/linear.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "kernels/dispatch.h"

namespace jnlp {
namespace {

std::vector<float> random_values(int64_t count, uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = normal(generator);
  return values;
}

// Parts of sizes that do not fill panels, so that one panel holds rows of two parts.
TEST(Linear, JoinsPartsAndAppliesTheActivation) {
  const int64_t inputs = 21;
  const std::vector<float> first = random_values(5 * inputs, 1);
  const std::vector<float> first_bias = random_values(5, 2);
  const std::vector<float> second = random_values(40 * inputs, 3);
  const LinearPart parts[] = {{first, first_bias}, {second, {}}};
  const std::vector<float> x = random_values(9 * inputs, 4);
  ThreadPool pool(2);
  const Exec exec{best_kernels(), pool};
  const PackedLinear layer(exec, inputs, parts);
  ASSERT_EQ(layer.outputs(), 45);
  LinearScratch scratch;
  std::vector<float> out(9 * 45);
  linear(exec, layer.view(), {x.data(), 9, inputs}, Activation::relu, &scratch, out.data(), 45);
  for (int64_t i = 0; i < 9; ++i) {
    for (int64_t j = 0; j < 45; ++j) {
      float sum = j < 5 ? first_bias[static_cast<size_t>(j)] : 0.0F;
      const float* weight = j < 5 ? &first[static_cast<size_t>(j * inputs)]
                                  : &second[static_cast<size_t>((j - 5) * inputs)];
      for (int64_t k = 0; k < inputs; ++k) {
        sum = std::fma(x[static_cast<size_t>(i * inputs + k)], weight[k], sum);
      }
      EXPECT_EQ(out[static_cast<size_t>(i * 45 + j)], std::max(sum, 0.0F)) << i << " " << j;
    }
  }
}

TEST(Linear, RowsDoNotDependOnTheirNumberNorOnThreads) {
  const int64_t inputs = 400;
  const int64_t outputs = 300;
  const std::vector<float> weight = random_values(outputs * inputs, 1);
  const LinearPart part{weight, {}};
  const std::vector<float> x = random_values(250 * inputs, 2);
  std::vector<float> expected;
  for (const int threads : {1, 2, 3}) {
    ThreadPool pool(threads);
    const Exec exec{best_kernels(), pool};
    const PackedLinear layer(exec, inputs, {&part, 1});
    LinearScratch scratch;
    std::vector<float> all(static_cast<size_t>(250 * outputs));
    linear(exec, layer.view(), {x.data(), 250, inputs}, Activation::gelu, &scratch, all.data(),
           outputs);
    if (expected.empty()) expected = all;
    EXPECT_EQ(all, expected) << threads;
    std::vector<float> one(static_cast<size_t>(outputs));
    for (const int64_t row : {0, 119, 120, 249}) {
      linear(exec, layer.view(), {x.data() + row * inputs, 1, inputs}, Activation::gelu, &scratch,
             one.data(), outputs);
      EXPECT_TRUE(std::equal(one.begin(), one.end(), all.begin() + row * outputs)) << row;
    }
  }
}

}  // namespace
}  // namespace jnlp
