#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "kernels/dispatch.h"

namespace jnlp {
namespace {

int64_t rounded(int64_t n, int64_t step) {
  return (n + step - 1) / step * step;
}

float from_bf16(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

float from_f16(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const auto fraction = static_cast<float>(bits & 1023);
  float magnitude =
      exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024.0F + fraction, exponent - 25);
  if (exponent == 31) {
    magnitude = fraction == 0 ? std::numeric_limits<float>::infinity()
                              : std::numeric_limits<float>::quiet_NaN();
  }
  return (bits & 0x8000U) != 0 ? -magnitude : magnitude;
}

// The definition of to_bf16, by comparing distances.
float nearest_bf16(float value) {
  if (!std::isfinite(value)) return value;
  const auto below = static_cast<uint16_t>(std::bit_cast<uint32_t>(value) >> 16);
  const auto above = static_cast<uint16_t>(below + 1);
  const double low = from_bf16(below);
  // Infinity counts as the next power of two.
  const double high = std::isinf(from_bf16(above)) ? std::copysign(0x1p128, value)
                                                   : static_cast<double>(from_bf16(above));
  const double to_low = std::abs(value - low);
  const double to_high = std::abs(high - value);
  if (to_low != to_high) return from_bf16(to_low < to_high ? below : above);
  return from_bf16(below % 2 == 0 ? below : above);
}

enum class Type { f16, bf16 };

// Operands as bits of their type; the activations of FP16 products are plain floats.
struct Product {
  Type type;
  int64_t rows;
  int64_t columns;
  int64_t depth;
  std::vector<float> a;           // rows x depth
  std::vector<uint16_t> weights;  // columns x depth
  std::vector<float> bias;

  float weight(int64_t column, int64_t k) const {
    const uint16_t bits = weights[static_cast<size_t>(column * depth + k)];
    return type == Type::f16 ? from_f16(bits) : from_bf16(bits);
  }
};

Product make_product(Type type, int64_t rows, int64_t columns, int64_t depth) {
  std::mt19937 generator(static_cast<uint32_t>(rows * 10007 + columns * 101 + depth));
  std::normal_distribution<float> normal;
  Product p{type, rows, columns, depth, {}, {}, {}};
  for (int64_t i = 0; i < rows * depth; ++i) p.a.push_back(normal(generator));
  for (int64_t i = 0; i < columns * depth; ++i) {
    // Within a few powers of two of 1, of either sign.
    const auto bits = static_cast<uint32_t>(generator());
    p.weights.push_back(static_cast<uint16_t>(
        type == Type::f16 ? (bits & 0x83FFU) | (12 + bits / 65536 % 5) << 10
                          : (bits & 0x807FU) | (124 + bits / 65536 % 5) << 7));
  }
  for (int64_t j = 0; j < columns; ++j) p.bias.push_back(normal(generator));
  p.bias.resize(static_cast<size_t>(rounded(columns, kPanelColumns)));
  return p;
}

int64_t padded_depth(const Product& p) {
  return p.type == Type::f16 ? p.depth : rounded(p.depth, kBf16Depth);
}

// Each output is one chain of fused multiply-adds that starts at the bias; in BF16 the second of
// each pair comes first. `bound` gets what roundings of the sum can amount to, however it is made.
std::vector<float> by_definition(const Product& p, std::vector<float>* bound = nullptr) {
  std::vector<float> c;
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t j = 0; j < p.columns; ++j) {
      float sum = p.bias[static_cast<size_t>(j)];
      double magnitude = std::abs(sum);
      for (int64_t n = 0; n < padded_depth(p); ++n) {
        const int64_t k = p.type == Type::f16 ? n : n ^ 1;
        if (k >= p.depth) continue;
        const float value = p.a[static_cast<size_t>(i * p.depth + k)];
        const float factor = p.type == Type::f16 ? value : nearest_bf16(value);
        sum = std::fma(factor, p.weight(j, k), sum);
        magnitude += std::abs(static_cast<double>(factor) * p.weight(j, k));
      }
      c.push_back(sum);
      // Two sums of n terms each err by n half-units of the sum of magnitudes.
      if (bound != nullptr) {
        bound->push_back(
            static_cast<float>(2 * static_cast<double>(p.depth + 1) * 0x1p-24 * magnitude));
      }
    }
  }
  return c;
}

std::vector<uint16_t> pack(const Product& p) {
  const int64_t depth = padded_depth(p);
  std::vector<uint16_t> panels(static_cast<size_t>(rounded(p.columns, kPanelColumns) * depth), 0);
  for (int64_t j = 0; j < p.columns; ++j) {
    for (int64_t k = 0; k < p.depth; ++k) {
      const int64_t panel = j / kPanelColumns * kPanelColumns * depth;
      const int64_t column = j % kPanelColumns;
      const int64_t place =
          p.type == Type::f16 ? k * kPanelColumns + column : k / 2 * 32 + column * 2 + k % 2;
      panels[static_cast<size_t>(panel + place)] = p.weights[static_cast<size_t>(j * p.depth + k)];
    }
  }
  return panels;
}

std::vector<float> by_kernel(const Kernels& kernels, const Product& p, int64_t c_stride,
                             Activation activation = Activation::none) {
  const std::vector<uint16_t> panels = pack(p);
  std::vector<float> c(static_cast<size_t>((p.rows + 1) * c_stride), -7.5F);
  if (p.type == Type::f16) {
    kernels.gemm_f16({p.rows, p.columns, p.depth, p.a.data(), p.depth, panels.data(), p.bias.data(),
                      c.data(), c_stride, activation});
    return c;
  }
  const int64_t depth = padded_depth(p);
  std::vector<float> a(static_cast<size_t>(p.rows * depth));  // room for either size
  for (int64_t i = 0; i < p.rows; ++i) {
    kernels.to_bf16(p.a.data() + i * p.depth, p.depth,
                    reinterpret_cast<char*>(a.data()) + i * depth * kernels.bf16_bytes);
  }
  kernels.gemm_bf16({p.rows, p.columns, depth, a.data(), depth, panels.data(), p.bias.data(),
                     c.data(), c_stride, activation});
  return c;
}

// Instructions that multiply pairs round as they like; everything else gives the same bits.
bool is_exact(const Kernels& kernels, Type type) {
  return type == Type::f16 || kernels.bf16_bytes == 4;
}

void expect_product(const Kernels& kernels, const Product& p) {
  const int64_t stride = p.columns + 3;
  const std::vector<float> c = by_kernel(kernels, p, stride);
  std::vector<float> bound;
  const std::vector<float> expected = by_definition(p, &bound);
  for (int64_t i = 0; i <= p.rows; ++i) {
    for (int64_t j = 0; j < stride; ++j) {
      const bool inside = i < p.rows && j < p.columns;
      const auto index = static_cast<size_t>(i * p.columns + j);
      const float wanted = inside ? expected[index] : -7.5F;
      const float allowed = inside && !is_exact(kernels, p.type) ? bound[index] : 0.0F;
      ASSERT_LE(std::abs(c[static_cast<size_t>(i * stride + j)] - wanted), allowed)
          << kernels.name << (p.type == Type::f16 ? " f16 " : " bf16 ") << p.rows << " x "
          << p.columns << " x " << p.depth << " at " << i << ", " << j;
    }
  }
}

TEST(GemmHalves, EveryKernelGivesTheDefinitionAndWritesNothingElse) {
  for (const Kernels* kernels : available_kernels()) {
    for (const Type type : {Type::f16, Type::bf16}) {
      for (const int64_t rows : {1, 2, 5, 6, 7, 12, 13, 25, 49}) {
        for (const int64_t columns : {1, 15, 16, 17, 48, 64, 70, 130}) {
          for (const int64_t depth : {1, 2, 31, 33, 64}) {
            expect_product(*kernels, make_product(type, rows, columns, depth));
          }
        }
      }
      // Around the size of one part of the depth.
      for (const int64_t depth : {383, 384, 385, 1000}) {
        for (const int64_t rows : {7, 49}) {
          expect_product(*kernels, make_product(type, rows, 19, depth));
        }
      }
    }
  }
}

TEST(GemmHalves, AResultDoesNotDependOnOtherRows) {
  for (const Kernels* kernels : available_kernels()) {
    for (const Type type : {Type::f16, Type::bf16}) {
      const Product all = make_product(type, 60, 70, 400);
      const std::vector<float> expected = by_kernel(*kernels, all, 70);
      for (const int64_t row : {0, 31, 59}) {
        Product one = all;
        one.rows = 1;
        one.a.assign(all.a.begin() + row * 400, all.a.begin() + (row + 1) * 400);
        const std::vector<float> c = by_kernel(*kernels, one, 70);
        EXPECT_EQ(std::memcmp(c.data(), expected.data() + row * 70, 70 * sizeof(float)), 0)
            << kernels->name << " row " << row;
      }
    }
  }
}

TEST(GemmHalves, AppliesTheActivationToEachResult) {
  for (const Kernels* kernels : available_kernels()) {
    for (const Type type : {Type::f16, Type::bf16}) {
      const Product p = make_product(type, 13, 70, 400);
      std::vector<float> expected = by_kernel(*kernels, p, 70);
      kernels->activate(Activation::gelu, expected.data(), 13 * 70);
      const std::vector<float> c = by_kernel(*kernels, p, 70, Activation::gelu);
      for (size_t i = 0; i < 13 * 70; ++i) ASSERT_EQ(c[i], expected[i]) << kernels->name;
    }
  }
}

// A product with 1 of every half there is, subnormal, infinite or NaN, both in place and widened.
TEST(GemmF16, WidensEveryHalfExactly) {
  std::vector<uint16_t> panel(65536);
  for (size_t i = 0; i < panel.size(); ++i) panel[i] = static_cast<uint16_t>(i);
  for (const Kernels* kernels : available_kernels()) {
    for (const int64_t rows : {1, 100}) {
      const std::vector<float> ones(static_cast<size_t>(rows), 1.0F);
      std::vector<float> c(static_cast<size_t>(rows) * 65536);
      kernels->gemm_f16({rows, 65536, 1, ones.data(), 1, panel.data(), nullptr, c.data(), 65536});
      for (size_t i = 0; i < c.size(); ++i) {
        const float expected = from_f16(static_cast<uint16_t>(i % 65536));
        if (std::isnan(expected)) {
          ASSERT_TRUE(std::isnan(c[i])) << kernels->name << " " << i;
        } else {
          ASSERT_EQ(c[i], expected) << kernels->name << " " << i;
        }
      }
    }
  }
}

std::vector<float> to_bf16(const Kernels& kernels, const std::vector<float>& row) {
  const auto n = static_cast<int64_t>(row.size());
  const auto padded = static_cast<size_t>(rounded(n, kBf16Depth));
  const auto element = static_cast<size_t>(kernels.bf16_bytes);
  std::vector<uint8_t> bytes(padded * element + 1, 77);
  kernels.to_bf16(row.data(), n, bytes.data());
  EXPECT_EQ(bytes.back(), 77) << kernels.name << " wrote behind its row";
  std::vector<float> values;
  for (size_t i = 0; i < padded; ++i) {
    uint32_t bits = 0;
    std::memcpy(&bits, bytes.data() + i * element, element);
    values.push_back(std::bit_cast<float>(element == 2 ? bits << 16 : bits));
  }
  return values;
}

TEST(ToBf16, RoundsToNearestEvenInEveryKernel) {
  std::vector<float> special = {0.0F, -0.0F, 1.0F, -1.0F};
  // Ties, what is next to them, the ends of the range, subnormal numbers.
  for (const uint32_t bits : {0x3F808000U, 0x3F818000U, 0x3F807FFFU, 0x3F808001U, 0x7F7FFFFFU,
                              0x7F7F7FFFU, 0x7F7F8000U, 0x7F800000U, 0xFF800000U, 0x00000001U,
                              0x00008000U, 0x00018000U, 0x007FFFFFU, 0x807FFFFFU}) {
    special.push_back(std::bit_cast<float>(bits));
  }
  std::mt19937 generator(7);
  for (int i = 0; i < 20000; ++i) {
    const auto value = std::bit_cast<float>(static_cast<uint32_t>(generator()));
    if (!std::isnan(value)) special.push_back(value);
  }
  for (const Kernels* kernels : available_kernels()) {
    for (const size_t n :
         {size_t{1}, size_t{7}, size_t{18}, size_t{32}, size_t{33}, special.size()}) {
      const std::vector<float> values =
          to_bf16(*kernels, {special.begin(), special.begin() + static_cast<std::ptrdiff_t>(n)});
      for (size_t i = 0; i < values.size(); ++i) {
        const float expected = i < n ? nearest_bf16(special[i]) : 0.0F;
        ASSERT_EQ(std::bit_cast<uint32_t>(values[i]), std::bit_cast<uint32_t>(expected))
            << kernels->name << " " << special[i];
      }
    }
    for (const uint32_t bits : {0x7F800001U, 0x7FFFFFFFU, 0xFF800001U, 0xFFFFFFFFU, 0x7FC00000U}) {
      const std::vector<float> values = to_bf16(*kernels, {std::bit_cast<float>(bits)});
      EXPECT_TRUE(std::isnan(values[0])) << kernels->name;
      EXPECT_EQ(std::signbit(values[0]), bits >> 31 != 0) << kernels->name;
    }
  }
}

}  // namespace
}  // namespace jnlp
