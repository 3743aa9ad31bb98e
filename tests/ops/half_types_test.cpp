#include "ops/half_types.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace jnlp {
namespace {

float from_f16(int bits) {
  const int exponent = bits >> 10;
  const auto fraction = static_cast<float>(bits & 1023);
  return exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024.0F + fraction, exponent - 25);
}

TEST(ToF16, IsExactForHalvesAndRoundsBetweenThemToNearestEven) {
  for (int bits = 0; bits < 0x7BFF; ++bits) {
    const float low = from_f16(bits);
    const float high = from_f16(bits + 1);
    const float middle = low + (high - low) / 2;  // exact: a half has 13 bits less
    ASSERT_EQ(to_f16(low), bits);
    ASSERT_EQ(to_f16(-low), bits | 0x8000);
    ASSERT_EQ(to_f16(middle), bits + bits % 2) << middle;
    ASSERT_EQ(to_f16(std::nextafter(middle, 0.0F)), bits) << middle;
    ASSERT_EQ(to_f16(std::nextafter(middle, high)), bits + 1) << middle;
  }
  EXPECT_EQ(to_f16(std::numeric_limits<float>::denorm_min()), 0);
}

TEST(ToF16, FiniteValuesStayFiniteAndTheRestStaysWhatItIs) {
  EXPECT_EQ(to_f16(65504.0F), 0x7BFF);
  EXPECT_EQ(to_f16(65520.0F), 0x7BFF);
  EXPECT_EQ(to_f16(-1e38F), 0xFBFF);
  EXPECT_EQ(to_f16(std::numeric_limits<float>::infinity()), 0x7C00);
  EXPECT_EQ(to_f16(-std::numeric_limits<float>::infinity()), 0xFC00);
  for (const uint32_t nan : {0x7F800001U, 0x7FFFFFFFU, 0xFFC00000U}) {
    EXPECT_GT(to_f16(std::bit_cast<float>(nan)) & 0x7FFF, 0x7C00);
  }
}

TEST(ToBf16, RoundsToNearestEvenAndKeepsNaN) {
  const auto of_bits = [](uint32_t bits) { return to_bf16(std::bit_cast<float>(bits)); };
  EXPECT_EQ(of_bits(0x3F800000), 0x3F80);
  EXPECT_EQ(of_bits(0x3F808000), 0x3F80);
  EXPECT_EQ(of_bits(0x3F818000), 0x3F82);
  EXPECT_EQ(of_bits(0x3F808001), 0x3F81);
  EXPECT_EQ(of_bits(0x80000000), 0x8000);
  EXPECT_EQ(of_bits(0x00008001), 0x0001);
  EXPECT_EQ(of_bits(0x7F7FFFFF), 0x7F80);  // past its greatest value
  EXPECT_EQ(of_bits(0xFF800000), 0xFF80);
  EXPECT_EQ(of_bits(0x7F800001), 0x7FC0);
  EXPECT_EQ(of_bits(0xFFFFFFFF), 0xFFFF);
}

}  // namespace
}  // namespace jnlp
