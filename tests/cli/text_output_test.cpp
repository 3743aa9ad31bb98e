#include "cli/text_output.h"

#include <gtest/gtest.h>

namespace jnlp {
namespace {

TEST(Preview, IsOneCleanLine) {
  EXPECT_EQ(preview("", 10), "");
  EXPECT_EQ(preview("  a\r\n\tb\x1b[31m c\u2028 ", 20), "a b [31m c");
  EXPECT_EQ(preview("Zürich", 6), "Zürich");
  EXPECT_EQ(preview("Zürich!", 6), "Zürich...");
}

TEST(Shortest, HasNoNoiseDigits) {
  EXPECT_EQ(OrderedJson(shortest(0.1F)).dump(), "0.1");
  EXPECT_EQ(static_cast<float>(shortest(0.47749808F)), 0.47749808F);
}

TEST(WithInputFields, RenamesWhatWouldHideAResult) {
  const OrderedJson merged =
      with_input_fields({{"id", 7}, {"label", "gold"}}, {{"label", "POSITIVE"}, {"score", 0.5}});
  EXPECT_EQ(merged.dump(), R"({"id":7,"input_label":"gold","label":"POSITIVE","score":0.5})");
}

TEST(OffsetWriter, CountsCodePointsOrBytes) {
  const std::string text = "Zürich und Köln";
  const TextSpan span = {12, 17};
  EXPECT_EQ(OffsetWriter(text, true).begin(span), 12U);
  EXPECT_EQ(OffsetWriter(text, false).begin(span), 11U);
  EXPECT_EQ(OffsetWriter(text, false).end(span), 15U);
}

}  // namespace
}  // namespace jnlp
