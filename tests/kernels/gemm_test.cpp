#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/dispatch.h"
#include "kernels/same_bits.h"
#include "support/random_values.h"

namespace jnlp {
namespace {

using test::random_values;
using test::same_bits;

int64_t padded(int64_t columns) {
  return (columns + kPanelColumns - 1) / kPanelColumns * kPanelColumns;
}

struct FloatProduct {
  int64_t rows;
  int64_t columns;
  int64_t depth;
  std::vector<float> a;  // rows x depth
  std::vector<float> b;  // columns x depth, as weights are stored
  std::vector<float> bias;
};

FloatProduct make_float_product(int64_t rows, int64_t columns, int64_t depth) {
  const auto seed = static_cast<uint32_t>(rows * 10007 + columns * 101 + depth);
  FloatProduct p{rows,
                 columns,
                 depth,
                 random_values(rows * depth, seed),
                 random_values(columns * depth, seed + 1),
                 random_values(columns, seed + 2)};
  p.bias.resize(static_cast<size_t>(padded(columns)), 0.0F);
  return p;
}

// The definition: one chain of fused multiply-adds per output.
std::vector<float> by_definition(const FloatProduct& p) {
  std::vector<float> c;
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t j = 0; j < p.columns; ++j) {
      float sum = p.bias[static_cast<size_t>(j)];
      for (int64_t k = 0; k < p.depth; ++k) {
        sum = std::fma(p.a[static_cast<size_t>(i * p.depth + k)],
                       p.b[static_cast<size_t>(j * p.depth + k)], sum);
      }
      c.push_back(sum);
    }
  }
  return c;
}

std::vector<float> by_kernel(const Kernels& kernels, const FloatProduct& p) {
  std::vector<float> panels(static_cast<size_t>(padded(p.columns) * p.depth), NAN);
  kernels.pack_transposed(p.b.data(), p.depth, p.columns, p.depth, panels.data());
  std::vector<float> c(static_cast<size_t>(p.rows * p.columns), NAN);
  kernels.gemm({p.rows, p.columns, p.depth, p.a.data(), p.depth, panels.data(), p.bias.data(),
                c.data(), p.columns});
  return c;
}

TEST(Gemm, EveryKernelGivesTheBitsOfTheDefinition) {
  for (const Kernels* kernels : available_kernels()) {
    for (const int64_t rows : {1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 25}) {
      for (const int64_t columns : {1, 2, 15, 16, 17, 33, 48}) {
        for (const int64_t depth : {1, 2, 3, 7, 64}) {
          const FloatProduct p = make_float_product(rows, columns, depth);
          ASSERT_TRUE(same_bits(by_kernel(*kernels, p), by_definition(p)))
              << kernels->name << " " << rows << " x " << columns << " x " << depth;
        }
      }
    }
    // Around the size of one part of the depth.
    for (const int64_t depth : {383, 384, 385, 768, 1000}) {
      const FloatProduct p = make_float_product(7, 19, depth);
      ASSERT_TRUE(same_bits(by_kernel(*kernels, p), by_definition(p)))
          << kernels->name << " depth " << depth;
    }
  }
}

TEST(Gemm, WritesNothingOutsideItsMatrix) {
  for (const Kernels* kernels : available_kernels()) {
    const FloatProduct p = make_float_product(7, 19, 5);
    std::vector<float> panels(static_cast<size_t>(padded(19) * 5));
    kernels->pack_transposed(p.b.data(), 5, 19, 5, panels.data());
    const int64_t stride = 40;
    std::vector<float> c(static_cast<size_t>(9 * stride), -1.5F);
    kernels->gemm({7, 19, 5, p.a.data(), 5, panels.data(), nullptr, c.data() + stride + 8, stride});
    for (int64_t i = 0; i < 9; ++i) {
      for (int64_t j = 0; j < stride; ++j) {
        const bool inside = i >= 1 && i < 8 && j >= 8 && j < 27;
        if (inside) continue;
        EXPECT_EQ(c[static_cast<size_t>(i * stride + j)], -1.5F) << i << " " << j;
      }
    }
  }
}

// Values that stress rounding: random bits, so subnormal, huge, infinite and NaN too. NaNs need
// only be NaNs.
TEST(Gemm, FusedMultiplyAddIsExactForAnyBits) {
  std::mt19937 generator(5);
  const auto any_float = [&] { return std::bit_cast<float>(static_cast<uint32_t>(generator())); };
  for (int round = 0; round < 20000; ++round) {
    std::vector<float> a(1), b(16), bias(16);
    a[0] = any_float();
    for (size_t j = 0; j < 16; ++j) {
      b[j] = any_float();
      bias[j] = any_float();
      if (j % 2 == 0) {
        // Exponents that let the addend meet the product's low bits.
        b[j] = std::ldexp(1.0F + std::abs(std::remainder(b[j], 1.0F)), 3);
        bias[j] = std::ldexp(a[0] * b[j], static_cast<int>(generator() % 60) - 30);
      }
    }
    for (const Kernels* kernels : available_kernels()) {
      std::vector<float> c(16);
      kernels->gemm({1, 16, 1, a.data(), 1, b.data(), bias.data(), c.data(), 16});
      for (size_t j = 0; j < 16; ++j) {
        const float expected = std::fma(a[0], b[j], bias[j]);
        if (std::isnan(expected)) {
          ASSERT_TRUE(std::isnan(c[j])) << kernels->name;
        } else {
          ASSERT_EQ(std::bit_cast<uint32_t>(c[j]), std::bit_cast<uint32_t>(expected))
              << kernels->name << " " << a[0] << " * " << b[j] << " + " << bias[j];
        }
      }
    }
  }
}

TEST(Pack, BothWaysGiveTheSamePanels) {
  for (const Kernels* kernels : available_kernels()) {
    for (const int64_t columns : {1, 8, 15, 16, 17, 40}) {
      for (const int64_t depth : {1, 7, 8, 20}) {
        const std::vector<float> matrix = random_values(depth * columns, 3);
        std::vector<float> transposed(matrix.size());
        for (int64_t k = 0; k < depth; ++k) {
          for (int64_t j = 0; j < columns; ++j) {
            transposed[static_cast<size_t>(j * depth + k)] =
                matrix[static_cast<size_t>(k * columns + j)];
          }
        }
        std::vector<float> one(static_cast<size_t>(padded(columns) * depth), NAN);
        std::vector<float> other = one;
        kernels->pack(matrix.data(), depth, columns, columns, one.data());
        kernels->pack_transposed(transposed.data(), depth, columns, depth, other.data());
        ASSERT_TRUE(same_bits(one, other)) << kernels->name << " " << columns << " x " << depth;
        EXPECT_EQ(one[0], matrix[0]);
      }
    }
  }
}

}  // namespace
}  // namespace jnlp
