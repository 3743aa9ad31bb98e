#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "kernels/dispatch.h"
#include "kernels/same_bits.h"

namespace jnlp {
namespace {

using test::same_bits;

std::vector<float> random_values(size_t count, float spread, uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0, spread);
  std::vector<float> values(count);
  for (float& value : values) value = normal(generator);
  return values;
}

struct Function {
  const char* name;
  Activation kind;
  double (*exact)(double);
  double tolerance;  // relative to max(1, |x|)
};

const Function kFunctions[] = {
    {"gelu", Activation::gelu, [](double x) { return x * 0.5 * std::erfc(-x / std::sqrt(2.0)); },
     1.5e-7},
    {"gelu_tanh", Activation::gelu_tanh,
     [](double x) {
       return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
     },
     2e-7},
    {"relu", Activation::relu, [](double x) { return std::max(x, 0.0); }, 0},
    {"silu", Activation::silu, [](double x) { return x / (1 + std::exp(-x)); }, 2e-7},
    {"tanh", Activation::tanh, [](double x) { return std::tanh(x); }, 1.5e-7},
};

TEST(Activations, AreAccurateEverywhere) {
  std::vector<float> inputs = {0.0F,    -0.0F, 1e-30F, -1e-30F, 0.625F,
                               -0.625F, 1e4F,  -1e4F,  3e38F,   -3e38F};
  for (int i = -200000; i <= 200000; ++i) inputs.push_back(static_cast<float>(i) * 1e-4F);
  for (const Kernels* kernels : available_kernels()) {
    for (const Function& function : kFunctions) {
      std::vector<float> outputs = inputs;
      kernels->activate(function.kind, outputs.data(), static_cast<int64_t>(outputs.size()));
      double worst = 0;
      for (size_t i = 0; i < inputs.size(); ++i) {
        const double exact = function.exact(inputs[i]);
        const double scale = std::max(1.0, std::abs(static_cast<double>(inputs[i])));
        worst = std::max(worst, std::abs(outputs[i] - exact) / scale);
      }
      EXPECT_LE(worst, function.tolerance) << kernels->name << " " << function.name;
    }
  }
}

TEST(Activations, TanhKeepsItsRelativePrecisionNearZero) {
  for (const Kernels* kernels : available_kernels()) {
    for (float x = 1e-6F; x < 1.0F; x *= 1.01F) {
      float y = x;
      kernels->activate(Activation::tanh, &y, 1);
      EXPECT_NEAR(y / std::tanh(static_cast<double>(x)), 1.0, 2e-7) << kernels->name << " " << x;
    }
  }
}

// Same bits in every kernel, and for each element whatever its neighbours are.
TEST(Activations, GiveTheSameBitsAtAnyPlaceInAnyKernel) {
  const std::vector<float> inputs = random_values(45, 3, 1);
  for (const Function& function : kFunctions) {
    std::vector<float> expected;
    for (const float input : inputs) {
      float value = input;
      available_kernels().back()->activate(function.kind, &value, 1);
      expected.push_back(value);
    }
    for (const Kernels* kernels : available_kernels()) {
      for (size_t n = 1; n <= inputs.size(); ++n) {
        std::vector<float> values(inputs.begin(), inputs.begin() + static_cast<int64_t>(n));
        kernels->activate(function.kind, values.data(), static_cast<int64_t>(n));
        const std::vector<float> wanted(expected.begin(),
                                        expected.begin() + static_cast<int64_t>(n));
        ASSERT_TRUE(same_bits(values, wanted)) << kernels->name << " " << function.name << " " << n;
      }
    }
  }
}

TEST(Softmax, IsAccurateAndEqualInEveryKernel) {
  for (const bool with_bias : {false, true}) {
    for (const size_t n : {1, 2, 7, 8, 9, 31, 32, 33, 100, 513}) {
      const std::vector<float> scores = random_values(n, 20, static_cast<uint32_t>(n));
      const std::vector<float> bias = random_values(n, 2, static_cast<uint32_t>(n) + 1);
      const float scale = 0.17F;
      std::vector<double> exact(n);
      double highest = -1e300;
      for (size_t i = 0; i < n; ++i) {
        exact[i] = static_cast<double>(scores[i]) * scale + (with_bias ? bias[i] : 0.0F);
        highest = std::max(highest, exact[i]);
      }
      double sum = 0;
      for (double& value : exact) sum += value = std::exp(value - highest);
      std::vector<float> first;
      for (const Kernels* kernels : available_kernels()) {
        std::vector<float> values = scores;
        SoftmaxRow row{0.0F, 0.0F};
        EXPECT_EQ(kernels->softmax({values.data(), static_cast<int64_t>(n), scale,
                                    with_bias ? bias.data() : nullptr, &row}),
                  0.0F);
        const float total = row.sum;
        for (size_t i = 0; i < n; ++i) {
          EXPECT_NEAR(values[i] / total, exact[i] / sum, 1e-6) << kernels->name << " " << n;
        }
        values.push_back(total);
        if (first.empty()) first = values;
        EXPECT_TRUE(same_bits(values, first)) << kernels->name << " " << n;
      }
    }
  }
}

// A row in blocks, each corrected for what the later ones found.
TEST(Softmax, TakesARowInBlocks) {
  const std::vector<float> scores = random_values(100, 20, 1);
  const float scale = 0.5F;
  for (const Kernels* kernels : available_kernels()) {
    std::vector<float> whole = scores;
    SoftmaxRow whole_row{0.0F, 0.0F};
    kernels->softmax({whole.data(), 100, scale, nullptr, &whole_row});
    std::vector<float> blocks = scores;
    SoftmaxRow row{0.0F, 0.0F};
    size_t done = 0;
    for (const size_t count : {1, 40, 16, 43}) {
      const float correction = kernels->softmax(
          {blocks.data() + done, static_cast<int64_t>(count), scale, nullptr, &row});
      for (size_t i = 0; i < done; ++i) blocks[i] *= correction;
      done += count;
    }
    EXPECT_EQ(row.maximum, whole_row.maximum);
    for (size_t i = 0; i < scores.size(); ++i) {
      EXPECT_NEAR(blocks[i] / row.sum, whole[i] / whole_row.sum, 1e-6) << kernels->name << " " << i;
    }
  }
}

TEST(Softmax, GivesBf16WithinItsRounding) {
  int tried = 0;
  for (const Kernels* kernels : available_kernels()) {
    if (kernels->bf16_attention == nullptr) continue;
    ++tried;
    for (const size_t n : {1, 15, 16, 17, 32, 100}) {
      const auto count = static_cast<int64_t>(n);
      std::vector<float> scores = random_values(n, 5, static_cast<uint32_t>(n));
      std::vector<float> wide = scores;
      SoftmaxRow wide_row{0.0F, 0.0F};
      kernels->softmax({wide.data(), count, 1.0F, nullptr, &wide_row});
      const size_t filled = (n + kBf16Depth - 1) / kBf16Depth * kBf16Depth;
      std::vector<uint16_t> narrow(filled + 1, 0xFFFF);
      SoftmaxRow row{0.0F, 0.0F};
      kernels->bf16_attention->softmax({scores.data(), count, 1.0F, nullptr, &row}, narrow.data());
      EXPECT_NEAR(row.sum, wide_row.sum, wide_row.sum * 1e-4);
      for (size_t i = 0; i < n; ++i) {
        const float value = std::bit_cast<float>(static_cast<uint32_t>(narrow[i]) << 16);
        EXPECT_NEAR(value, wide[i], wide[i] * (1.0F / 256 + 1e-4F)) << n << " " << i;
      }
      for (size_t i = n; i < filled; ++i) EXPECT_EQ(narrow[i], 0) << n << " " << i;
      EXPECT_EQ(narrow[filled], 0xFFFF) << "wrote beyond the row";
    }
  }
  if (tried == 0) GTEST_SKIP() << "no kernels here with attention in BF16";
}

TEST(LayerNorm, IsAccurateAndEqualInEveryKernel) {
  for (const bool with_residual : {false, true}) {
    for (const size_t n : {1, 3, 8, 13, 32, 40, 100, 384, 771}) {
      const auto seed = static_cast<uint32_t>(n);
      const std::vector<float> x = random_values(n, 2, seed);
      const std::vector<float> residual = random_values(n, 1, seed + 1);
      const std::vector<float> gamma = random_values(n, 1, seed + 2);
      const std::vector<float> beta = random_values(n, 1, seed + 3);
      const double epsilon = 1e-5;
      double mean = 0;
      double variance = 0;
      std::vector<double> sum(n);
      for (size_t i = 0; i < n; ++i) sum[i] = x[i] + (with_residual ? residual[i] : 0.0F);
      for (const double value : sum) mean += value / static_cast<double>(n);
      for (const double value : sum)
        variance += (value - mean) * (value - mean) / static_cast<double>(n);
      std::vector<float> first;
      for (const Kernels* kernels : available_kernels()) {
        std::vector<float> out = x;
        kernels->layer_norm({out.data(), with_residual ? residual.data() : nullptr, gamma.data(),
                             beta.data(), static_cast<float>(epsilon), static_cast<int64_t>(n),
                             out.data()});
        for (size_t i = 0; i < n; ++i) {
          const double exact = (sum[i] - mean) / std::sqrt(variance + epsilon) * gamma[i] + beta[i];
          EXPECT_NEAR(out[i], exact, 4e-6) << kernels->name << " " << n;
        }
        if (first.empty()) first = out;
        EXPECT_TRUE(same_bits(out, first)) << kernels->name << " " << n;
        if (!with_residual) continue;
        // The encoder writes over the residual, its hidden state.
        std::vector<float> over = residual;
        kernels->layer_norm({x.data(), over.data(), gamma.data(), beta.data(),
                             static_cast<float>(epsilon), static_cast<int64_t>(n), over.data()});
        EXPECT_TRUE(same_bits(over, first)) << kernels->name << " over the residual, " << n;
      }
    }
  }
}

TEST(RmsNorm, IsAccurateAndEqualInEveryKernel) {
  for (const size_t n : {1, 3, 8, 13, 32, 40, 100, 384, 771}) {
    const auto seed = static_cast<uint32_t>(n);
    const std::vector<float> x = random_values(n, 2, seed);
    const std::vector<float> gamma = random_values(n, 1, seed + 1);
    const double epsilon = 1e-6;
    double squares = 0;
    for (const float value : x) squares += static_cast<double>(value) * value;
    const double factor = 1 / std::sqrt(squares / static_cast<double>(n) + epsilon);
    std::vector<float> first;
    for (const Kernels* kernels : available_kernels()) {
      std::vector<float> out = x;  // in place
      kernels->rms_norm({out.data(), gamma.data(), static_cast<float>(epsilon),
                         static_cast<int64_t>(n), out.data()});
      for (size_t i = 0; i < n; ++i) {
        const double exact = x[i] * factor * gamma[i];
        EXPECT_NEAR(out[i], exact, 1e-6 * std::abs(exact) + 1e-9) << kernels->name << " " << n;
      }
      if (first.empty()) first = out;
      EXPECT_TRUE(same_bits(out, first)) << kernels->name << " " << n;
    }
  }
}

TEST(PickedRows, ProductsAreAccurateAndEqualInEveryKernel) {
  const std::vector<int32_t> index = {5, 0, 3, 3, 6};
  const std::vector<float> weights = random_values(index.size(), 1, 3);
  for (const size_t columns : {1, 7, 8, 13, 32, 64, 100, 131}) {
    const size_t stride = columns + 3;
    const std::vector<float> x = random_values(columns, 1, 1);
    const std::vector<float> matrix = random_values(7 * stride, 1, 2);
    std::vector<float> first_dots;
    std::vector<float> first_sum;
    for (const Kernels* kernels : available_kernels()) {
      const PickedRows rows{matrix.data(), static_cast<int64_t>(stride), index.data(),
                            static_cast<int64_t>(index.size())};
      std::vector<float> dots(index.size());
      std::vector<float> sum(columns + 1, 7.0F);  // the last must stay as it is
      kernels->dot_rows({x.data(), rows, static_cast<int64_t>(columns), dots.data()});
      kernels->sum_rows({weights.data(), rows, static_cast<int64_t>(columns), sum.data()});
      std::vector<double> exact_sum(columns);
      for (size_t r = 0; r < index.size(); ++r) {
        const float* row = matrix.data() + static_cast<size_t>(index[r]) * stride;
        double exact_dot = 0;
        for (size_t c = 0; c < columns; ++c) {
          exact_dot += static_cast<double>(x[c]) * row[c];
          exact_sum[c] += static_cast<double>(weights[r]) * row[c];
        }
        EXPECT_NEAR(dots[r], exact_dot, 1e-5) << kernels->name << " " << columns;
      }
      for (size_t c = 0; c < columns; ++c) EXPECT_NEAR(sum[c], exact_sum[c], 1e-6) << columns;
      EXPECT_EQ(sum[columns], 7.0F);
      if (first_dots.empty()) {
        first_dots = dots;
        first_sum = sum;
      }
      EXPECT_TRUE(same_bits(dots, first_dots)) << kernels->name << " " << columns;
      EXPECT_TRUE(same_bits(sum, first_sum)) << kernels->name << " " << columns;
    }
  }
}

TEST(Rows, SimpleFunctionsDoWhatTheySay) {
  for (const Kernels* kernels : available_kernels()) {
    for (const size_t n : {1, 7, 8, 9, 37}) {
      const auto size = static_cast<int64_t>(n);
      const std::vector<float> x = random_values(n, 1, 7);
      const std::vector<float> y = random_values(n, 1, 8);
      std::vector<float> sum = x;
      std::vector<float> larger = x;
      std::vector<float> scaled = x;
      kernels->add(sum.data(), y.data(), size);
      kernels->maximum(larger.data(), y.data(), size);
      kernels->scale(scaled.data(), 0.3F, size);
      double squares = 0;
      for (size_t i = 0; i < n; ++i) {
        EXPECT_EQ(sum[i], x[i] + y[i]);
        EXPECT_EQ(larger[i], std::max(x[i], y[i]));
        EXPECT_EQ(scaled[i], x[i] * 0.3F);
        squares += static_cast<double>(x[i]) * x[i];
      }
      EXPECT_NEAR(kernels->sum_of_squares(x.data(), size), squares, 1e-5 * squares);
    }
  }
}

}  // namespace
}  // namespace jnlp
