#include "ops/linear.h"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/dispatch.h"
#include "support/random_values.h"

namespace jnlp {
namespace {

using test::random_values;

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

class LinearOfType : public ::testing::TestWithParam<WeightType> {};

TEST_P(LinearOfType, RowsDoNotDependOnTheirNumberNorOnThreads) {
  const int64_t inputs = 400;
  const int64_t outputs = 300;
  const std::vector<float> weight = random_values(outputs * inputs, 1);
  const LinearPart part{weight, {}};
  const std::vector<float> x = random_values(250 * inputs, 2);
  std::vector<float> expected;
  for (const int threads : {1, 2, 3}) {
    ThreadPool pool(threads);
    const Exec exec{best_kernels(), pool};
    const PackedLinear layer(exec, inputs, {&part, 1}, GetParam());
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

// Parts, sizes that fill neither panels nor depth, and views of some of the outputs.
TEST_P(LinearOfType, IsCloseToTheExactProduct) {
  const int64_t inputs = 77;
  const std::vector<float> first = random_values(5 * inputs, 1);
  const std::vector<float> first_bias = random_values(5, 2);
  const std::vector<float> second = random_values(70 * inputs, 3);
  const LinearPart parts[] = {{first, first_bias}, {second, {}}};
  const std::vector<float> x = random_values(31 * inputs, 4);
  ThreadPool pool(2);
  const Exec exec{best_kernels(), pool};
  const PackedLinear layer(exec, inputs, parts, GetParam());
  LinearScratch scratch;
  std::vector<float> out(31 * 75);
  const auto run = [&](const LinearView& view, float* to) {
    linear(exec, view, {x.data(), 31, inputs}, Activation::none, &scratch, to, 75);
  };
  run(layer.view(), out.data());
  // A rounding to BF16 errs by 2^-9, in weights and in x; one to FP16 by 2^-11, in weights alone
  // or, with random signs adding up to less than four times that, in x and sums too.
  const double f16_step = exec.kernels.adds_f16 ? 0x1p-9 : 0x1p-11;
  const double step = GetParam() == WeightType::bf16  ? 0x1p-8
                      : GetParam() == WeightType::f16 ? f16_step
                      : GetParam() == WeightType::f32 ? 0x1p-20
                                                      : 0x1p-4;
  for (int64_t i = 0; i < 31; ++i) {
    for (int64_t j = 0; j < 75; ++j) {
      double sum = j < 5 ? first_bias[static_cast<size_t>(j)] : 0.0F;
      double magnitude = std::abs(sum) + 1;
      const float* weight = j < 5 ? &first[static_cast<size_t>(j * inputs)]
                                  : &second[static_cast<size_t>((j - 5) * inputs)];
      for (int64_t k = 0; k < inputs; ++k) {
        const double product =
            static_cast<double>(x[static_cast<size_t>(i * inputs + k)]) * weight[k];
        sum += product;
        magnitude += std::abs(product);
      }
      ASSERT_NEAR(out[static_cast<size_t>(i * 75 + j)], sum, 1.01 * step * magnitude)
          << i << " " << j;
    }
  }
  std::vector<float> by_parts(out.size());
  run(layer.view().first(32), by_parts.data());
  run(layer.view().from(32), by_parts.data() + 32);
  EXPECT_EQ(by_parts, out);
}

INSTANTIATE_TEST_SUITE_P(All, LinearOfType,
                         ::testing::Values(WeightType::f32, WeightType::bf16, WeightType::f16,
                                           WeightType::int8),
                         [](const auto& info) { return std::string(to_string(info.param)); });

TEST(WeightType, NamesGoBothWays) {
  const std::vector<std::string> names = weight_type_names();
  EXPECT_EQ(names, (std::vector<std::string>{"fp32", "bf16", "fp16", "int8"}));
  for (const std::string& name : names) EXPECT_EQ(to_string(weight_type_named(name).value()), name);
  EXPECT_FALSE(weight_type_named("f16").has_value());
}

}  // namespace
}  // namespace jnlp
