#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "base/error.h"
#include "tokenize/truncation.h"

namespace jnlp::tok {
namespace {

using Ranges = std::vector<std::pair<size_t, size_t>>;

Ranges ranges(const std::vector<TokenWindow>& windows) {
  Ranges out;
  for (const TokenWindow& window : windows) out.emplace_back(window.begin, window.end);
  return out;
}

TruncationRequest request(size_t max_length, size_t stride = 0,
                          TruncationStrategy strategy = TruncationStrategy::longest_first) {
  return {max_length, stride, strategy, TruncationDirection::right};
}

TEST(Truncation, LeavesShortTextsAlone) {
  const TruncationPlan plan = plan_truncation(5, 3, true, request(8));
  EXPECT_FALSE(plan.truncated);
  EXPECT_EQ(ranges(plan.first), (Ranges{{0, 5}}));
  EXPECT_EQ(ranges(plan.second), (Ranges{{0, 3}}));
}

TEST(Truncation, WindowsOverlapByTheStride) {
  EXPECT_EQ(ranges(plan_truncation(10, 0, false, request(4, 1)).first),
            (Ranges{{0, 4}, {3, 7}, {6, 10}}));
  EXPECT_EQ(ranges(plan_truncation(9, 0, false, request(4, 1)).first),
            (Ranges{{0, 4}, {3, 7}, {6, 9}}));
}

TEST(Truncation, FromTheLeftTheEndStays) {
  TruncationRequest left = request(4, 1);
  left.direction = TruncationDirection::left;
  EXPECT_EQ(ranges(plan_truncation(9, 0, false, left).first), (Ranges{{5, 9}, {2, 6}, {0, 3}}));
}

TEST(Truncation, TheLongerTextLosesFirst) {
  const TruncationPlan plan = plan_truncation(10, 3, true, request(8));
  EXPECT_TRUE(plan.truncated);
  EXPECT_EQ(ranges(plan.first)[0], (std::pair<size_t, size_t>{0, 5}));
  EXPECT_EQ(ranges(plan.second), (Ranges{{0, 3}}));
}

TEST(Truncation, WhatMustNotBeCutIsAnError) {
  EXPECT_THROW(plan_truncation(3, 9, true, request(5, 0, TruncationStrategy::only_first)), Error);
  EXPECT_THROW(plan_truncation(9, 3, true, request(5, 0, TruncationStrategy::only_second)), Error);
  EXPECT_THROW(plan_truncation(9, 0, false, request(5, 0, TruncationStrategy::only_second)), Error);
}

TEST(Truncation, AStrideOfAWindowIsAnError) {
  EXPECT_THROW(plan_truncation(9, 0, false, request(4, 4)), Error);
  EXPECT_THROW(plan_truncation(9, 0, false, request(4, 9)), Error);
  EXPECT_NO_THROW(plan_truncation(4, 0, false, request(4, 9)));
}

TEST(Truncation, NoRoomLeavesNothing) {
  const TruncationPlan plan = plan_truncation(3, 2, true, request(0));
  EXPECT_EQ(ranges(plan.first)[0], (std::pair<size_t, size_t>{0, 0}));
  EXPECT_EQ(ranges(plan.second)[0], (std::pair<size_t, size_t>{0, 0}));
}

}  // namespace
}  // namespace jnlp::tok
