// Products with FP16 weights that are added in FP16: how far they are from the exact ones, and that
// nothing infinite comes of it.
#include <gtest/gtest.h>

#include <algorithm>
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
using test::HalfProduct;
using test::HalfType;
using test::make_half_product;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

class GemmF16Sums : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const Kernels* kernels : available_kernels()) {
      if (kernels->adds_f16) kernels_.push_back(kernels);
    }
    if (kernels_.empty()) GTEST_SKIP() << "no kernels here with FP16 arithmetic";
  }

  std::vector<const Kernels*> kernels_;
};

struct Exact {
  double value;
  double bound;  // of what a sum in FP16 may err by
};

Exact exact(const HalfProduct& p, int64_t row, int64_t column) {
  const float* a = &p.a[static_cast<size_t>(row * p.depth)];
  double greatest = 0;
  for (int64_t k = 0; k < p.depth; ++k) {
    greatest = std::max(greatest, static_cast<double>(std::abs(a[k])));
  }
  double value = p.bias[static_cast<size_t>(column)];
  double magnitude = 0;
  double weights = 0;
  for (int64_t k = 0; k < p.depth; ++k) {
    const double product = static_cast<double>(a[k]) * p.weight(column, k);
    value += product;
    magnitude += std::abs(product);
    weights += std::abs(p.weight(column, k)) + 1;
  }
  // A value of A and each of up to 32 sums are rounded to 11 bits, so that they err by up to 2^-11,
  // or to a multiple of 2^-24 where the greatest value is at least 16. Then the additions in FP32.
  const double runs = std::ceil(static_cast<double>(p.depth) / 32) + 1;
  const double bias = std::abs(p.bias[static_cast<size_t>(column)]);
  return {value, 33.5 * 0x1p-11 * magnitude + 0x1p-25 / 16 * greatest * weights +
                     runs * 0x1p-24 * (bias + 1.02 * magnitude)};
}

// Returns the root of the mean square error over that of the results.
double expect_close(const Kernels& kernels, const HalfProduct& p) {
  const std::vector<float> c = by_kernel(kernels, p, p.columns);
  double error = 0;
  double square = 0;
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t j = 0; j < p.columns; ++j) {
      const Exact expected = exact(p, i, j);
      const double got = c[static_cast<size_t>(i * p.columns + j)];
      EXPECT_NEAR(got, expected.value, expected.bound)
          << kernels.name << " " << p.rows << " x " << p.columns << " x " << p.depth << " at " << i
          << ", " << j;
      error += (got - expected.value) * (got - expected.value);
      square += expected.value * expected.value;
    }
  }
  return std::sqrt(error / square);
}

void scale_activations(HalfProduct* p, float factor) {
  for (float& value : p->a) value *= factor;
}

void set_weight(HalfProduct* p, int64_t column, int64_t k, uint32_t bits) {
  p->weights[static_cast<size_t>(column * p->depth + k)] = static_cast<uint16_t>(bits);
}

TEST_F(GemmF16Sums, AreWithinTheBoundOfTheirRoundings) {
  for (const Kernels* kernels : kernels_) {
    for (const int64_t rows : {1, 5, 13, 50}) {
      for (const int64_t columns : {1, 17, 40}) {
        for (const int64_t depth : {1, 7, 8, 31, 32, 33, 41, 383, 385, 1000}) {
          expect_close(*kernels, make_half_product(HalfType::f16, rows, columns, depth));
        }
      }
    }
  }
}

// BF16 errs by 2.3e-3 on such values.
TEST_F(GemmF16Sums, ErrFarLessThanBf16) {
  for (const Kernels* kernels : kernels_) {
    for (const int64_t depth : {384, 1536}) {
      const double error = expect_close(*kernels, make_half_product(HalfType::f16, 60, 64, depth));
      RecordProperty(kernels->name, std::to_string(error));
      EXPECT_LT(error, 1e-3) << kernels->name << " " << depth;
    }
  }
}

// The size of A is of no matter: neither that FP16 ends at 65504, nor where it has fewer bits.
TEST_F(GemmF16Sums, FollowTheSizeOfEachRow) {
  const HalfProduct usual = make_half_product(HalfType::f16, 7, 19, 400);
  for (const Kernels* kernels : kernels_) {
    for (const float factor : {0x1p-110F, 0x1p-30F, 1e-4F, 3e4F, 0x1p100F}) {
      HalfProduct p = usual;
      scale_activations(&p, factor);
      expect_close(*kernels, p);
    }
    // Subnormal floats, down to zeros.
    for (const float factor : {0x1p-126F, 0x1p-140F, 0x1p-149F, 0.0F}) {
      HalfProduct p = usual;
      scale_activations(&p, factor);
      std::fill(p.bias.begin(), p.bias.end(), 0.0F);
      const std::vector<float> c = by_kernel(*kernels, p, 19);
      for (int64_t i = 0; i < 7; ++i) {
        for (int64_t j = 0; j < 19; ++j) {
          const Exact expected = exact(p, i, j);
          // And each of 14 additions rounds to a multiple of 2^-149.
          EXPECT_NEAR(c[static_cast<size_t>(i * 19 + j)], expected.value,
                      expected.bound + 14 * 0x1p-149)
              << kernels->name;
        }
      }
    }
  }
}

TEST_F(GemmF16Sums, TakeSubnormalWeights) {
  HalfProduct p = make_half_product(HalfType::f16, 7, 19, 100);
  for (uint16_t& weight : p.weights) weight &= 0x83FFU;
  std::fill(p.bias.begin(), p.bias.end(), 0.0F);
  for (const Kernels* kernels : kernels_) EXPECT_LT(expect_close(*kernels, p), 1e-3);
}

// One run of the greatest weights passes 65504, whatever its sign; so may sums on the way to a
// small one. What the other instruction sets make of it is right.
TEST_F(GemmF16Sums, BecomeFp32WhereTheyLeaveTheRangeOfFp16) {
  const Kernels& other = kernels_named("reference");
  for (const uint32_t large : {0x7BFF, 0x6400, 0x5800, 0x5400}) {  // 65504, 1024, 128, 64
    HalfProduct p = make_half_product(HalfType::f16, 13, 35, 400);
    for (float& value : p.a) value = std::abs(value) + 1;
    for (int64_t k = 0; k < 400; ++k) {
      // A column of one sign, one of the other, one of half and half.
      set_weight(&p, 3, k, large);
      set_weight(&p, 17, k, large | 0x8000U);
      set_weight(&p, 34, k, large | (k % 32 < 16 ? 0x8000U : 0));
    }
    const std::vector<float> expected = by_kernel(other, p, 35);
    for (const Kernels* kernels : kernels_) {
      expect_close(*kernels, p);
      const std::vector<float> c = by_kernel(*kernels, p, 35);
      for (int64_t i = 0; large == 0x7BFF && i < 13; ++i) {
        for (const int64_t j : {3, 17, 34}) {
          const auto at = static_cast<size_t>(i * 35 + j);
          EXPECT_EQ(c[at], expected[at]) << kernels->name << " " << i << ", " << j;
        }
      }
    }
  }
}

TEST_F(GemmF16Sums, InfinityAndNaNStayInTheirRowAndColumn) {
  const HalfProduct clean = make_half_product(HalfType::f16, 13, 35, 100);
  for (const float bad : {kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN()}) {
    HalfProduct p = clean;
    p.a[4 * 100 + 50] = bad;
    set_weight(&p, 20, 7, 0x7C00);  // infinity
    const std::vector<float> expected = by_kernel(kernels_named("reference"), p, 35);
    for (const Kernels* kernels : kernels_) {
      const std::vector<float> untouched = by_kernel(*kernels, clean, 35);
      const std::vector<float> c = by_kernel(*kernels, p, 35);
      for (int64_t i = 0; i < 13; ++i) {
        for (int64_t j = 0; j < 35; ++j) {
          const auto at = static_cast<size_t>(i * 35 + j);
          const float wanted = i == 4 || j == 20 ? expected[at] : untouched[at];
          EXPECT_EQ(std::isfinite(wanted), i != 4 && j != 20);
          if (std::isnan(wanted)) {
            EXPECT_TRUE(std::isnan(c[at])) << kernels->name << " " << i << ", " << j;
          } else {
            EXPECT_EQ(c[at], wanted) << kernels->name << " " << i << ", " << j;
          }
        }
      }
    }
  }
}

// With rows of all kinds: of other sizes, not finite, and such as leave the range of FP16.
TEST_F(GemmF16Sums, AResultDoesNotDependOnWhatOtherRowsHold) {
  HalfProduct all = make_half_product(HalfType::f16, 110, 35, 400);
  for (int64_t row = 0; row < 110; ++row) {
    const float factor = std::ldexp(1.0F, static_cast<int>(row % 7 * 20 - 60));
    for (int64_t k = 0; k < 400; ++k) all.a[static_cast<size_t>(row * 400 + k)] *= factor;
  }
  all.a[5 * 400 + 3] = kInfinity;
  for (int64_t k = 0; k < 400; ++k) set_weight(&all, 9, k, 0x7000);
  for (const Kernels* kernels : kernels_) {
    const std::vector<float> expected = by_kernel(*kernels, all, 35);
    EXPECT_EQ(std::memcmp(expected.data(), by_kernel(*kernels_.front(), all, 35).data(),
                          expected.size() * sizeof(float)),
              0)
        << kernels->name << " and " << kernels_.front()->name;
    for (const int64_t rows : {1, 2, 3, 4, 5, 7, 49}) {
      for (const int64_t first : {0, 4, 47, 60}) {
        HalfProduct some = all;
        some.rows = rows;
        some.a.assign(all.a.begin() + first * 400, all.a.begin() + (first + rows) * 400);
        const std::vector<float> c = by_kernel(*kernels, some, 35);
        EXPECT_EQ(std::memcmp(c.data(), expected.data() + first * 35,
                              static_cast<size_t>(rows * 35) * sizeof(float)),
                  0)
            << kernels->name << " " << rows << " rows from " << first;
      }
    }
  }
}

}  // namespace
}  // namespace jnlp
