#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "kernels/dispatch.h"
#include "kernels/half_product.h"

namespace jnlp {
namespace {

using test::by_kernel;
using test::from_bf16;
using test::from_f16;
using test::HalfProduct;
using test::HalfType;
using test::make_half_product;
using test::rounded_up;

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

// To the nearest half, ties to even, or infinity.
double nearest_f16(double value) {
  const double magnitude = std::abs(value);
  // Below 2^-14 halves are multiples of 2^-24, else they have 10 bits behind the first.
  const int exponent = magnitude < 0x1p-14 ? -14 : std::ilogb(magnitude);
  const double unit = std::ldexp(1.0, exponent - 10);
  const double rounded = std::nearbyint(magnitude / unit) * unit;
  return std::copysign(rounded > 65504 ? std::numeric_limits<double>::infinity() : rounded, value);
}

// One output where products are added in FP16, see struct Kernels. For values like those of
// make_half_product(): in doubles a product of theirs and the sum with it are exact.
float in_f16(const HalfProduct& p, int64_t row, int64_t column) {
  const float* a = &p.a[static_cast<size_t>(row * p.depth)];
  float c = p.bias[static_cast<size_t>(column)];
  for (int64_t part = 0; part < p.depth; part += 384) {
    const int64_t part_end = std::min<int64_t>(part + 384, p.depth);
    float greatest = 0;
    for (int64_t k = part; k < part_end; ++k) greatest = std::max(greatest, std::abs(a[k]));
    const int power = 4 - std::ilogb(greatest);
    for (int64_t run = part; run < part_end; run += 32) {
      double sum = 0;
      for (int64_t k = run; k < std::min(run + 32, part_end); ++k) {
        sum = nearest_f16(nearest_f16(std::ldexp(a[k], power)) * p.weight(column, k) + sum);
      }
      c = std::fma(static_cast<float>(sum), std::ldexp(1.0F, -power), c);
    }
  }
  return c;
}

// Each output is one chain of fused multiply-adds that starts at the bias; in BF16 the second of
// each pair comes first. `bound` gets what roundings of the sum can amount to, however it is made.
std::vector<float> by_definition(const HalfProduct& p, bool adds_f16, std::vector<float>* bound) {
  std::vector<float> c;
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t j = 0; j < p.columns; ++j) {
      if (p.type == HalfType::f16 && adds_f16) {
        c.push_back(in_f16(p, i, j));
        bound->push_back(0);
        continue;
      }
      float sum = p.bias[static_cast<size_t>(j)];
      double magnitude = std::abs(sum);
      for (int64_t n = 0; n < p.padded_depth(); ++n) {
        const int64_t k = p.type == HalfType::f16 ? n : n ^ 1;
        if (k >= p.depth) continue;
        const float value = p.a[static_cast<size_t>(i * p.depth + k)];
        const float factor = p.type == HalfType::f16 ? value : nearest_bf16(value);
        sum = std::fma(factor, p.weight(j, k), sum);
        magnitude += std::abs(static_cast<double>(factor) * p.weight(j, k));
      }
      c.push_back(sum);
      // Two sums of n terms each err by n half-units of the sum of magnitudes.
      bound->push_back(
          static_cast<float>(2 * static_cast<double>(p.depth + 1) * 0x1p-24 * magnitude));
    }
  }
  return c;
}

// Instructions that multiply pairs round as they like; everything else gives the bits of its
// definition.
bool is_exact(const Kernels& kernels, HalfType type) {
  return type == HalfType::f16 || kernels.bf16_bytes == 4;
}

void expect_product(const Kernels& kernels, const HalfProduct& p) {
  const int64_t stride = p.columns + 3;
  const std::vector<float> c = by_kernel(kernels, p, stride);
  std::vector<float> bound;
  const std::vector<float> expected = by_definition(p, kernels.adds_f16, &bound);
  for (int64_t i = 0; i <= p.rows; ++i) {
    for (int64_t j = 0; j < stride; ++j) {
      const bool inside = i < p.rows && j < p.columns;
      const auto index = static_cast<size_t>(i * p.columns + j);
      const float wanted = inside ? expected[index] : -7.5F;
      const float allowed = inside && !is_exact(kernels, p.type) ? bound[index] : 0.0F;
      ASSERT_LE(std::abs(c[static_cast<size_t>(i * stride + j)] - wanted), allowed)
          << kernels.name << (p.type == HalfType::f16 ? " f16 " : " bf16 ") << p.rows << " x "
          << p.columns << " x " << p.depth << " at " << i << ", " << j;
    }
  }
}

TEST(GemmHalves, EveryKernelGivesTheDefinitionAndWritesNothingElse) {
  for (const Kernels* kernels : available_kernels()) {
    for (const HalfType type : {HalfType::f16, HalfType::bf16}) {
      for (const int64_t rows : {1, 2, 5, 6, 7, 12, 13, 25, 49}) {
        for (const int64_t columns : {1, 15, 16, 17, 48, 64, 70, 130, 300}) {
          for (const int64_t depth : {1, 2, 31, 33, 64}) {
            expect_product(*kernels, make_half_product(type, rows, columns, depth));
          }
        }
      }
      // Around the size of one part of the depth.
      for (const int64_t depth : {383, 384, 385, 1000}) {
        for (const int64_t rows : {7, 49}) {
          expect_product(*kernels, make_half_product(type, rows, 19, depth));
        }
      }
    }
  }
}

TEST(GemmHalves, AResultDoesNotDependOnOtherRows) {
  for (const Kernels* kernels : available_kernels()) {
    for (const HalfType type : {HalfType::f16, HalfType::bf16}) {
      const HalfProduct all = make_half_product(type, 60, 70, 400);
      const std::vector<float> expected = by_kernel(*kernels, all, 70);
      for (const int64_t row : {0, 31, 59}) {
        HalfProduct one = all;
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
    for (const HalfType type : {HalfType::f16, HalfType::bf16}) {
      const HalfProduct p = make_half_product(type, 13, 70, 400);
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
  const auto padded = static_cast<size_t>(rounded_up(n, kBf16Depth));
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

// As attention packs keys and values: every place of the panels is written, with zeros around.
TEST(Bf16Attention, PacksWithZerosAround) {
  int tried = 0;
  for (const Kernels* kernels : available_kernels()) {
    if (kernels->bf16_attention == nullptr) continue;
    ++tried;
    for (const int64_t columns : {1, 8, 15, 16, 17, 40}) {
      for (const int64_t depth : {1, 2, 31, 32, 33, 48, 64}) {
        const int64_t filled = rounded_up(depth, kBf16Depth);
        const int64_t padded = rounded_up(columns, kPanelColumns);
        std::vector<float> source(static_cast<size_t>(depth * columns));
        std::vector<float> turned(source.size());
        std::vector<uint16_t> expected(static_cast<size_t>(padded * filled));
        for (int64_t k = 0; k < depth; ++k) {
          for (int64_t j = 0; j < columns; ++j) {
            const float value = static_cast<float>((k * 31 + j * 7) % 97) * 0.37F - 11.0F;
            source[static_cast<size_t>(k * columns + j)] = value;
            turned[static_cast<size_t>(j * depth + k)] = value;
            const int64_t place = j / kPanelColumns * kPanelColumns * filled +
                                  k / 2 * 2 * kPanelColumns + j % kPanelColumns * 2 + k % 2;
            expected[static_cast<size_t>(place)] =
                static_cast<uint16_t>(std::bit_cast<uint32_t>(nearest_bf16(value)) >> 16);
          }
        }
        const auto pack = [&](auto function, const std::vector<float>& from, int64_t stride) {
          std::vector<uint16_t> panels(expected.size() + 1, 0xFFFF);
          function(from.data(), depth, columns, stride, panels.data());
          EXPECT_EQ(panels.back(), 0xFFFF) << "wrote beyond the panels";
          panels.pop_back();
          EXPECT_EQ(panels, expected) << kernels->name << " " << depth << " x " << columns;
        };
        pack(kernels->bf16_attention->pack, source, columns);
        pack(kernels->bf16_attention->pack_transposed, turned, depth);
      }
    }
  }
  if (tried == 0) GTEST_SKIP() << "no kernels here with attention in BF16";
}

}  // namespace
}  // namespace jnlp
