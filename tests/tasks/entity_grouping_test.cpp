#include "tasks/entity_grouping.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace jnlp {
namespace {

Entity entity(const std::string& label, float score, uint32_t begin, uint32_t end) {
  Entity result;
  result.label = label;
  result.score = score;
  result.span = {begin, end};
  return result;
}

TEST(MergeOverlapping, KeepsTheLongerAndThenTheMoreCertain) {
  const std::string text(40, 'x');
  std::vector<Entity> merged = {entity("PER", 0.9F, 10, 14), entity("ORG", 0.4F, 12, 20),
                                entity("LOC", 0.5F, 25, 30), entity("MISC", 0.6F, 25, 30),
                                entity("PER", 0.7F, 0, 5)};
  merge_overlapping(text, &merged);
  ASSERT_EQ(merged.size(), 3U);
  EXPECT_EQ(merged[0].label, "PER");
  EXPECT_EQ(merged[0].span, (TextSpan{0, 5}));
  EXPECT_EQ(merged[1].label, "ORG");
  EXPECT_EQ(merged[2].label, "MISC");
}

TEST(MergeOverlapping, MeasuresLengthInCodePoints) {
  // "\u6771\u4eac" is six bytes and two code points, "abc" behind it three of each.
  const std::string text =
      "\u6771\u4eac"
      "abc";
  std::vector<Entity> merged = {entity("LOC", 0.9F, 0, 6), entity("ORG", 0.1F, 3, 9)};
  merge_overlapping(text, &merged);
  ASSERT_EQ(merged.size(), 1U);
  EXPECT_EQ(merged[0].label, "ORG");
}

TEST(AggregationFromName, RefusesUnknownNames) {
  EXPECT_EQ(aggregation_from_name("average"), Aggregation::average);
  EXPECT_THROW(aggregation_from_name("mean"), Error);
}

}  // namespace
}  // namespace jnlp
