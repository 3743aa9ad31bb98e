#include "train/batch_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace jnlp {
namespace {

std::vector<TrainExample> examples_of_lengths(const std::vector<size_t>& lengths) {
  std::vector<TrainExample> examples;
  for (const size_t length : lengths) {
    examples.push_back({std::vector<int32_t>(length, 1), std::vector<int32_t>(length, 0), {0}});
  }
  return examples;
}

std::vector<TrainExample> mixed_examples(size_t count) {
  std::vector<size_t> lengths;
  for (size_t i = 0; i < count; ++i) lengths.push_back(1 + (i * 37) % 90);
  return examples_of_lengths(lengths);
}

TEST(BatchPlan, EveryExampleComesOncePerEpoch) {
  const auto examples = mixed_examples(1003);
  std::multiset<int32_t> seen;
  for (const IndexList& batch : plan_epoch(examples, 16, 7, 0)) {
    EXPECT_LE(batch.size(), 16U);
    seen.insert(batch.begin(), batch.end());
  }
  ASSERT_EQ(seen.size(), 1003U);
  EXPECT_EQ(std::set<int32_t>(seen.begin(), seen.end()).size(), 1003U);
}

TEST(BatchPlan, DependsOnSeedAndEpochOnly) {
  const auto examples = mixed_examples(300);
  EXPECT_EQ(plan_epoch(examples, 8, 1, 2), plan_epoch(examples, 8, 1, 2));
  EXPECT_NE(plan_epoch(examples, 8, 1, 2), plan_epoch(examples, 8, 1, 3));
  EXPECT_NE(plan_epoch(examples, 8, 1, 2), plan_epoch(examples, 8, 2, 2));
}

TEST(BatchPlan, BatchesHoldSimilarLengths) {
  const auto examples = mixed_examples(4096);
  int64_t used = 0, padded = 0;
  for (const IndexList& batch : plan_epoch(examples, 32, 3, 0)) {
    int64_t longest = 0;
    for (const int32_t index : batch) {
      used += examples[index].size();
      longest = std::max(longest, examples[index].size());
    }
    padded += longest * static_cast<int64_t>(batch.size());
  }
  EXPECT_LT(static_cast<double>(padded), 1.05 * static_cast<double>(used));
}

TEST(BatchPlan, ChunksStayWithinTheirTokens) {
  const auto examples = examples_of_lengths({10, 100, 30, 30, 5, 60, 700, 1});
  const auto chunks = split_batch(examples, {0, 1, 2, 3, 4, 5, 6, 7}, 256);
  std::set<int32_t> seen;
  for (const IndexList& chunk : chunks) {
    ASSERT_FALSE(chunk.empty());
    int64_t longest = 0;
    for (const int32_t index : chunk) longest = std::max(longest, examples[index].size());
    if (chunk.size() > 1) {
      EXPECT_LE(longest * static_cast<int64_t>(chunk.size()), 256);
    }
    seen.insert(chunk.begin(), chunk.end());
  }
  EXPECT_EQ(seen.size(), 8U);
}

}  // namespace
}  // namespace jnlp
