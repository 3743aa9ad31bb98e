#include "evaluate/metrics/contained_answer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace jnlp {
namespace {

bool contains(std::string_view text, const std::vector<std::string>& accepted) {
  return contains_answer(text, accepted);
}

TEST(ContainedAnswer, Normalizes) {
  EXPECT_EQ(normalize_words("  The  \"ÄRGER\"--of it! "), "the ärger of it");
  EXPECT_EQ(normalize_words("1,000.5 and 3.14, 2."), "1000.5 and 3.14 2");
  EXPECT_EQ(normalize_words(" ?! "), "");
}

TEST(ContainedAnswer, FindsWholeWordsAnywhere) {
  EXPECT_TRUE(contains("The capital of France is Paris.", {"Paris"}));
  EXPECT_TRUE(contains("It is SOUTH-AMERICA!", {"Europe", "South America"}));
  EXPECT_TRUE(contains("2+2=4", {"4"}));
  EXPECT_FALSE(contains("It is 14.", {"4"}));
  EXPECT_FALSE(contains("It is 4.5", {"4"}));
  EXPECT_FALSE(contains("Parisian cafes", {"Paris"}));
  EXPECT_FALSE(contains("", {"Paris"}));
  EXPECT_FALSE(contains("anything", {"?"}));
  EXPECT_FALSE(contains("anything", {}));
}

TEST(ContainedAnswer, TheFirstYesOrNoDecides) {
  EXPECT_TRUE(contains("Yes, there is no doubt.", {"yes"}));
  EXPECT_FALSE(contains("Yes, there is no doubt.", {"no"}));
  EXPECT_TRUE(contains("No. Yes would be wrong.", {"No"}));
  EXPECT_FALSE(contains("Of course.", {"yes"}));
  EXPECT_FALSE(contains("Nobody knows.", {"no"}));
}

}  // namespace
}  // namespace jnlp
