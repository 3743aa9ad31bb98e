#include "evaluate/metrics/wilson.h"

#include <gtest/gtest.h>

namespace jnlp {
namespace {

struct Published {
  size_t right;
  size_t samples;
  double low;
  double high;
};

// Newcombe 1998, table I, method 3, which is printed with four digits.
TEST(Wilson, GivesThePublishedIntervals) {
  for (const Published& row :
       {Published{81, 263, 0.2553, 0.3662}, Published{15, 148, 0.0624, 0.1605},
        Published{0, 20, 0.0000, 0.1611}, Published{1, 29, 0.0061, 0.1718}}) {
    const Interval interval = wilson_interval(row.right, row.samples);
    EXPECT_NEAR(interval.low, row.low, 0.00005) << row.right << " of " << row.samples;
    EXPECT_NEAR(interval.high, row.high, 0.00005) << row.right << " of " << row.samples;
  }
}

// The bounds are the shares p whose distance from the observed one is z standard errors of p:
// (share - p)^2 = z^2 p (1 - p) / n.
TEST(Wilson, SolvesTheScoreEquation) {
  constexpr double kZ = 1.959963984540054;
  for (const size_t samples : {size_t{1}, size_t{4}, size_t{100}, size_t{100'000}}) {
    for (const size_t right : {size_t{0}, samples / 3, samples / 2, samples}) {
      const Interval interval = wilson_interval(right, samples);
      const double share = static_cast<double>(right) / static_cast<double>(samples);
      for (const double bound : {interval.low, interval.high}) {
        EXPECT_NEAR((share - bound) * (share - bound),
                    kZ * kZ * bound * (1 - bound) / static_cast<double>(samples), 1e-12);
      }
      EXPECT_LE(interval.low, share);
      EXPECT_GE(interval.high, share);
    }
  }
}

TEST(Wilson, EqualAnswersAreNoCertainty) {
  EXPECT_EQ(wilson_interval(0, 4).low, 0);
  EXPECT_NEAR(wilson_interval(0, 4).high, 0.4899, 0.00005);  // z^2 / (n + z^2)
  EXPECT_NEAR(wilson_interval(4, 4).low, 0.5101, 0.00005);
  EXPECT_EQ(wilson_interval(4, 4).high, 1);
  EXPECT_EQ(wilson_interval(0, 0).high, 1);
}

}  // namespace
}  // namespace jnlp
