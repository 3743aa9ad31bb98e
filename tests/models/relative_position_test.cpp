#include "models/relative_position.h"

#include <gtest/gtest.h>

#include <vector>

namespace jnlp {
namespace {

std::vector<int64_t> of(const RelativeBuckets& buckets, const std::vector<int64_t>& distances) {
  std::vector<int64_t> out;
  for (const int64_t distance : distances) out.push_back(buckets.of(distance));
  return out;
}

// Values of transformers' T5Attention._relative_position_bucket.
TEST(RelativeBuckets, BothWays) {
  EXPECT_EQ(of({32, 128, true}, {0, -1, 1, -7, -8, -11, -12, -16, -31, -32, 64, -127, 128, -1000}),
            (std::vector<int64_t>{0, 1, 17, 7, 8, 8, 9, 10, 11, 12, 30, 15, 31, 15}));
}

TEST(RelativeBuckets, OnlyBack) {
  EXPECT_EQ(of({32, 128, false}, {0, 5, -1, -15, -16, -18, -19, -21, -64, -113, -5000}),
            (std::vector<int64_t>{0, 0, 1, 15, 16, 16, 17, 18, 26, 31, 31}));
}

TEST(RelativeBias, HasARowPerHeadAndAColumnPerDistance) {
  // 4 buckets for one way: distances 0, -1, then -2 and beyond in two steps up to 8.
  const std::vector<float> table = {0, 100, 1, 101, 2, 102, 3, 103};
  std::vector<float> out(2 * 3);
  relative_bias({4, 8, false}, table, -2, 0, out.data());
  EXPECT_EQ(out, (std::vector<float>{2, 1, 0, 102, 101, 100}));
}

}  // namespace
}  // namespace jnlp
