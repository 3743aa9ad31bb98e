#include "tasks/passage_index.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"

namespace jnlp {
namespace {

using Vector = std::vector<float>;

void add(PassageIndex* index, const Vector& whole, const std::vector<Vector>& parts = {}) {
  index->add(whole, parts);
}

TEST(PassageIndex, FindsTheMostSimilarFirst) {
  PassageIndex index(2);
  add(&index, {1, 0});
  add(&index, {10, 10});  // length does not count
  add(&index, {0, 0.1F});
  const auto matches = index.nearest(Vector{3, 3}, 2);
  ASSERT_EQ(matches.size(), 2U);
  EXPECT_EQ(matches[0].passage, 1U);
  EXPECT_NEAR(matches[0].similarity, 1, 1e-6);
  EXPECT_EQ(matches[1].passage, 0U);
  EXPECT_NEAR(matches[1].similarity, std::sqrt(0.5), 1e-6);
  EXPECT_EQ(index.size(), 3U);
}

TEST(PassageIndex, CountsTheWholeAndItsMostSimilarPart) {
  PassageIndex index(2);
  add(&index, {1, 1}, {{0, 1}, {1, 0}, {-1, 0}});
  add(&index, {1, 1}, {{0, 1}});
  add(&index, {1, 1});
  const auto matches = index.nearest(Vector{2, 0}, 5);
  ASSERT_EQ(matches.size(), 3U);
  const double half = std::sqrt(0.5);
  EXPECT_EQ(matches[0].passage, 0U);
  EXPECT_NEAR(matches[0].similarity, (half + 1) / 2, 1e-6);
  EXPECT_EQ(matches[1].passage, 2U);  // has no parts
  EXPECT_NEAR(matches[1].similarity, half, 1e-6);
  EXPECT_NEAR(matches[2].similarity, half / 2, 1e-6);
}

TEST(PassageIndex, OfEquallySimilarOnesTheLowerNumberIsFirst) {
  PassageIndex index(1);
  for (int i = 0; i < 5; ++i) add(&index, {2});
  const auto matches = index.nearest(Vector{1}, 3);
  ASSERT_EQ(matches.size(), 3U);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(matches[i], (PassageMatch{i, 1.0F}));
}

TEST(PassageIndex, NothingIsLikeAVectorOfZeros) {
  PassageIndex index(2);
  add(&index, {1, 2});
  EXPECT_EQ(index.nearest(Vector{0, 0}, 1).front().similarity, 0);
}

TEST(PassageIndex, RefusesWhatCannotBeCompared) {
  PassageIndex index(2);
  EXPECT_THROW(add(&index, {1, 2, 3}), Error);
  EXPECT_THROW(add(&index, {1, 2}, {{1}}), Error);
  EXPECT_THROW(add(&index, {1, std::numeric_limits<float>::quiet_NaN()}), Error);
  EXPECT_EQ(index.size(), 0U);  // nothing is left of what was refused
  EXPECT_THROW(static_cast<void>(index.nearest(Vector{1}, 1)), Error);
  EXPECT_THROW(PassageIndex(0), Error);
  EXPECT_TRUE(index.nearest(Vector{1, 0}, 3).empty());
}

}  // namespace
}  // namespace jnlp
