#include "generate/top_k.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

namespace jnlp {
namespace {

TEST(TopK, IsWhatASortGives) {
  std::mt19937 generator(5);
  for (const size_t size : {1, 5, 63, 64, 65, 1000}) {
    // Few values, so that many are equal.
    std::vector<float> scores(size);
    for (float& score : scores) score = static_cast<float>(generator() % 50);
    std::vector<int32_t> order(size);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
      return scores[static_cast<size_t>(a)] > scores[static_cast<size_t>(b)];
    });
    for (const int64_t count : {1, 2, 8, 100}) {
      const std::vector<Candidate> best = top_k(scores, count);
      ASSERT_EQ(best.size(), std::min<size_t>(size, static_cast<size_t>(count)));
      for (size_t i = 0; i < best.size(); ++i) {
        EXPECT_EQ(best[i].token, order[i]) << size << " " << count << " " << i;
        EXPECT_EQ(best[i].score, scores[static_cast<size_t>(order[i])]);
      }
    }
  }
}

TEST(TopK, LeavesOutWhatCannotCome) {
  const float never = -std::numeric_limits<float>::infinity();
  std::vector<float> scores(100, never);
  EXPECT_TRUE(top_k(scores, 3).empty());
  scores[70] = -1e30F;
  const std::vector<Candidate> best = top_k(scores, 3);
  ASSERT_EQ(best.size(), 1U);
  EXPECT_EQ(best[0].token, 70);
}

}  // namespace
}  // namespace jnlp
