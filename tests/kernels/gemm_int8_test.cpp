#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "kernels/dispatch.h"

namespace jnlp {
namespace {

int64_t rounded(int64_t n, int64_t step) {
  return (n + step - 1) / step * step;
}

// A product of bytes at the edges of what is allowed as well as inside.
struct Int8Product {
  int64_t rows;
  int64_t columns;
  int64_t depth;  // multiple of kInt8Depth
  std::vector<uint8_t> a;
  std::vector<RowScale> a_scales;
  std::vector<int8_t> weights;  // columns x depth
  std::vector<float> column_scales;
  std::vector<int32_t> column_sums;
  std::vector<float> bias;
};

Int8Product make_int8_product(int64_t rows, int64_t columns, int64_t depth) {
  std::mt19937 generator(static_cast<uint32_t>(rows * 10007 + columns * 101 + depth));
  const auto one_of = [&](int low, int high) {
    const auto choice = static_cast<int>(generator() % 4);
    if (choice == 0) return low;
    if (choice == 1) return high;
    return low + static_cast<int>(generator() % static_cast<uint32_t>(high - low + 1));
  };
  Int8Product p{rows, columns, depth, {}, {}, {}, {}, {}, {}};
  for (int64_t i = 0; i < rows * depth; ++i) p.a.push_back(static_cast<uint8_t>(one_of(0, 255)));
  for (int64_t i = 0; i < rows; ++i) {
    p.a_scales.push_back({0.001F * static_cast<float>(one_of(1, 100)), one_of(0, 255)});
  }
  for (int64_t j = 0; j < columns; ++j) {
    int32_t sum = 0;
    for (int64_t k = 0; k < depth; ++k) {
      // The second of a pair gets what the first leaves.
      const int left =
          k % 2 == 0 ? 127 : std::min(127, kInt8PairLimit - std::abs(p.weights.back()));
      p.weights.push_back(static_cast<int8_t>(one_of(-left, left)));
      sum += p.weights.back();
    }
    p.column_sums.push_back(sum);
    p.column_scales.push_back(0.0001F * static_cast<float>(one_of(1, 100)));
    p.bias.push_back(0.01F * static_cast<float>(one_of(-100, 100)));
  }
  const auto padded = static_cast<size_t>(rounded(columns, kPanelColumns));
  p.column_sums.resize(padded);
  p.column_scales.resize(padded);
  p.bias.resize(padded);
  return p;
}

std::vector<float> by_definition(const Int8Product& p) {
  std::vector<float> c;
  for (int64_t i = 0; i < p.rows; ++i) {
    const RowScale scale = p.a_scales[static_cast<size_t>(i)];
    for (int64_t j = 0; j < p.columns; ++j) {
      const auto column = static_cast<size_t>(j);
      int64_t sum = 0;
      for (int64_t k = 0; k < p.depth; ++k) {
        sum += (p.a[static_cast<size_t>(i * p.depth + k)] - scale.zero) *
               p.weights[static_cast<size_t>(j * p.depth + k)];
      }
      c.push_back(
          std::fma(static_cast<float>(sum), scale.scale * p.column_scales[column], p.bias[column]));
    }
  }
  return c;
}

std::vector<int8_t> pack(const Int8Product& p) {
  std::vector<int8_t> panels(static_cast<size_t>(rounded(p.columns, kPanelColumns) * p.depth), 0);
  for (int64_t j = 0; j < p.columns; ++j) {
    for (int64_t k = 0; k < p.depth; ++k) {
      const int64_t panel = j / kPanelColumns * kPanelColumns * p.depth;
      panels[static_cast<size_t>(panel + k / 4 * 64 + j % kPanelColumns * 4 + k % 4)] =
          p.weights[static_cast<size_t>(j * p.depth + k)];
    }
  }
  return panels;
}

std::vector<float> by_kernel(const Kernels& kernels, const Int8Product& p, int64_t c_stride,
                             Activation activation = Activation::none) {
  const std::vector<int8_t> panels = pack(p);
  std::vector<float> c(static_cast<size_t>((p.rows + 1) * c_stride), -7.5F);
  kernels.gemm_int8({p.rows, p.columns, p.depth, p.a.data(), p.depth, p.a_scales.data(),
                     panels.data(), p.column_scales.data(), p.column_sums.data(), p.bias.data(),
                     c.data(), c_stride, activation});
  return c;
}

TEST(GemmInt8, EveryKernelGivesTheBitsOfTheDefinitionAndWritesNothingElse) {
  for (const Kernels* kernels : available_kernels()) {
    for (const int64_t rows : {1, 2, 3, 5, 6, 7, 12, 13, 25, 33}) {
      for (const int64_t columns : {1, 2, 15, 16, 17, 33, 48, 64, 70, 130, 300}) {
        for (const int64_t depth : {64, 128, 448}) {
          const Int8Product p = make_int8_product(rows, columns, depth);
          const int64_t stride = columns + 3;
          const std::vector<float> c = by_kernel(*kernels, p, stride);
          const std::vector<float> expected = by_definition(p);
          for (int64_t i = 0; i <= rows; ++i) {
            for (int64_t j = 0; j < stride; ++j) {
              const bool inside = i < rows && j < columns;
              const float wanted = inside ? expected[static_cast<size_t>(i * columns + j)] : -7.5F;
              ASSERT_EQ(c[static_cast<size_t>(i * stride + j)], wanted)
                  << kernels->name << " " << rows << " x " << columns << " x " << depth << " at "
                  << i << ", " << j;
            }
          }
        }
      }
    }
  }
}

// The greatest sums that real models can reach: nothing saturates on the way.
TEST(GemmInt8, KeepsTheLargestSumsExactly) {
  const int64_t depth = 4096;
  for (const int sign : {-1, 1}) {
    Int8Product p = make_int8_product(7, 17, depth);
    std::fill(p.a.begin(), p.a.end(), uint8_t{255});
    std::fill(p.weights.begin(), p.weights.end(), static_cast<int8_t>(sign * kInt8PairLimit / 2));
    std::fill_n(p.column_sums.begin(), 17, static_cast<int32_t>(sign * kInt8PairLimit / 2 * depth));
    for (const Kernels* kernels : available_kernels()) {
      const std::vector<float> c = by_kernel(*kernels, p, 17);
      const std::vector<float> expected = by_definition(p);
      for (size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(c[i], expected[i]) << kernels->name;
    }
  }
}

TEST(GemmInt8, AppliesTheActivationToEachResult) {
  const Int8Product p = make_int8_product(13, 70, 64);
  for (const Kernels* kernels : available_kernels()) {
    std::vector<float> expected = by_definition(p);
    kernels->activate(Activation::gelu, expected.data(), static_cast<int64_t>(expected.size()));
    const std::vector<float> c = by_kernel(*kernels, p, 70, Activation::gelu);
    for (size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(c[i], expected[i]) << kernels->name;
  }
}

struct Quantized {
  RowScale scale;
  std::vector<uint8_t> bytes;
};

Quantized quantize(const Kernels& kernels, const std::vector<float>& row,
                   const std::vector<float>& factors = {}) {
  const auto n = static_cast<int64_t>(row.size());
  Quantized q{{}, std::vector<uint8_t>(static_cast<size_t>(rounded(n, kInt8Depth)) + 1, 77)};
  q.scale =
      kernels.quantize(row.data(), factors.empty() ? nullptr : factors.data(), n, q.bytes.data());
  return q;
}

TEST(Quantize, ErrsByHalfAStepAndIsEqualInEveryKernel) {
  std::mt19937 generator(3);
  for (const int64_t n : {1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 384}) {
    for (const float offset : {0.0F, 3.0F, -40.0F}) {
      std::normal_distribution<float> normal(offset, 2.0F);
      std::vector<float> row(static_cast<size_t>(n));
      for (float& value : row) value = normal(generator);
      const Quantized expected = quantize(*available_kernels().back(), row);
      for (size_t i = 0; i < row.size(); ++i) {
        const float value =
            static_cast<float>(expected.bytes[i] - expected.scale.zero) * expected.scale.scale;
        EXPECT_NEAR(value, row[i], 0.501F * expected.scale.scale + 1e-6F) << n << " " << i;
      }
      for (const Kernels* kernels : available_kernels()) {
        const Quantized q = quantize(*kernels, row);
        EXPECT_EQ(q.scale.scale, expected.scale.scale) << kernels->name;
        EXPECT_EQ(q.scale.zero, expected.scale.zero) << kernels->name;
        EXPECT_EQ(q.bytes, expected.bytes) << kernels->name << " " << n;
        EXPECT_EQ(q.bytes.back(), 77) << kernels->name << " wrote behind its row";
      }
    }
  }
}

TEST(Quantize, FactorsMultiplyEachValueBefore) {
  std::mt19937 generator(5);
  for (const int64_t n : {1, 7, 8, 9, 15, 16, 17, 63, 384}) {
    std::normal_distribution<float> normal(1.0F, 2.0F);
    std::uniform_real_distribution<float> uniform(0.1F, 3.0F);
    std::vector<float> row(static_cast<size_t>(n));
    std::vector<float> factors(row.size());
    std::vector<float> product(row.size());
    for (size_t i = 0; i < row.size(); ++i) {
      row[i] = normal(generator);
      factors[i] = uniform(generator);
      product[i] = row[i] * factors[i];
    }
    for (const Kernels* kernels : available_kernels()) {
      const Quantized expected = quantize(*kernels, product);
      const Quantized q = quantize(*kernels, row, factors);
      EXPECT_EQ(q.scale.scale, expected.scale.scale) << kernels->name << " " << n;
      EXPECT_EQ(q.scale.zero, expected.scale.zero) << kernels->name << " " << n;
      EXPECT_EQ(q.bytes, expected.bytes) << kernels->name << " " << n;
    }
  }
}

// Rows whose least value lies a hair below half a step: it must not wrap round to 255.
TEST(Quantize, TheLeastValueIsTheLeastByte) {
  for (const auto& [low, high] :
       {std::pair(-0x1.6a31c6p+1F, 0x1.d73454p+0F), std::pair(-0x1.1399bep+2F, 0x1.2a193ap+2F)}) {
    for (const Kernels* kernels : available_kernels()) {
      const Quantized q = quantize(*kernels, {low, 0.0F, high});
      EXPECT_EQ(q.bytes[0], 0) << kernels->name;
      EXPECT_EQ(q.bytes[1], q.scale.zero) << kernels->name;
      EXPECT_GE(q.bytes[2], 254) << kernels->name;
    }
  }
}

TEST(Quantize, RowsWithoutAScaleAreNoTrouble) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const Kernels* kernels : available_kernels()) {
    for (const std::vector<float>& row : std::vector<std::vector<float>>{
             {1e-38F, 0.0F}, {-1e-42F, 1e-40F}, {-infinity, 1.0F}, {1.0F, infinity}}) {
      const Quantized q = quantize(*kernels, row);
      EXPECT_EQ(q.scale.zero, 0) << kernels->name;
      EXPECT_EQ(q.bytes[0], 0) << kernels->name;
      EXPECT_EQ(q.bytes[1], 0) << kernels->name;
    }
  }
}

TEST(Quantize, ZeroStaysExactlyZero) {
  for (const Kernels* kernels : available_kernels()) {
    const Quantized zeros = quantize(*kernels, std::vector<float>(20, 0.0F));
    for (int i = 0; i < 20; ++i) EXPECT_EQ(zeros.bytes[static_cast<size_t>(i)], zeros.scale.zero);
    const Quantized mixed = quantize(*kernels, {-1.0F, 0.0F, 2.0F});
    EXPECT_EQ(mixed.bytes[1], mixed.scale.zero) << kernels->name;
    EXPECT_EQ(mixed.bytes[0], 0);
    EXPECT_EQ(mixed.bytes[2], 255);
  }
}

}  // namespace
}  // namespace jnlp
