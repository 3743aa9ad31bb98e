#include "tasks/passage_index.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"

namespace jnlp {
namespace {

using Vector = std::vector<float>;

TEST(PassageIndex, FindsTheMostSimilarFirst) {
  PassageIndex index(2);
  index.add(0, Vector{1, 0});
  index.add(1, Vector{10, 10});  // length does not count
  index.add(2, Vector{0, 0.1F});
  const auto matches = index.nearest(Vector{3, 3}, 2);
  ASSERT_EQ(matches.size(), 2U);
  EXPECT_EQ(matches[0].passage, 1U);
  EXPECT_NEAR(matches[0].similarity, 1, 1e-6);
  EXPECT_EQ(matches[1].passage, 0U);
  EXPECT_NEAR(matches[1].similarity, std::sqrt(0.5), 1e-6);
}

TEST(PassageIndex, CountsThePassageOnceByItsBestEmbedding) {
  PassageIndex index(2);
  index.add(7, Vector{0, 1});
  index.add(7, Vector{1, 0});
  index.add(8, Vector{1, 1});
  const auto matches = index.nearest(Vector{2, 0}, 5);
  ASSERT_EQ(matches.size(), 2U);
  EXPECT_EQ(matches[0], (PassageMatch{7, 1.0F}));
  EXPECT_EQ(matches[1].passage, 8U);
  EXPECT_EQ(index.size(), 3U);
}

TEST(PassageIndex, OfEquallySimilarOnesTheLowerNumberIsFirst) {
  PassageIndex index(1);
  for (const size_t passage : {5U, 3U, 9U, 1U}) index.add(passage, Vector{2});
  const auto matches = index.nearest(Vector{1}, 3);
  ASSERT_EQ(matches.size(), 3U);
  EXPECT_EQ(matches[0].passage, 1U);
  EXPECT_EQ(matches[1].passage, 3U);
  EXPECT_EQ(matches[2].passage, 5U);
}

TEST(PassageIndex, NothingIsLikeAVectorOfZeros) {
  PassageIndex index(2);
  index.add(0, Vector{1, 2});
  EXPECT_EQ(index.nearest(Vector{0, 0}, 1).front().similarity, 0);
}

TEST(PassageIndex, RefusesWhatCannotBeCompared) {
  PassageIndex index(2);
  EXPECT_THROW(index.add(0, Vector{1, 2, 3}), Error);
  EXPECT_THROW(index.add(0, Vector{1, std::numeric_limits<float>::quiet_NaN()}), Error);
  EXPECT_THROW(static_cast<void>(index.nearest(Vector{1}, 1)), Error);
  EXPECT_THROW(PassageIndex(0), Error);
  EXPECT_TRUE(index.nearest(Vector{1, 0}, 3).empty());
}

}  // namespace
}  // namespace jnlp
