#include "tasks/text_windows.h"

#include <gtest/gtest.h>

namespace jnlp {
namespace {

// A window as a tokenizer makes it: `prefix` tokens that are not the text's, the text's part, one
// special token.
Encoding window(size_t prefix, size_t length, int32_t sequence) {
  Encoding encoding;
  encoding.sequence_ids.assign(prefix, -1);
  encoding.sequence_ids.insert(encoding.sequence_ids.end(), length, sequence);
  encoding.sequence_ids.push_back(-1);
  encoding.ids.resize(encoding.sequence_ids.size());
  return encoding;
}

TEST(TokensWithMostContext, TakesEachTokenOnceFromTheMiddleOfAWindow) {
  // Ten tokens in windows of six that share four: 0-5, 2-7, 4-9.
  const std::vector<Encoding> windows = {window(1, 6, 0), window(1, 6, 0), window(1, 6, 0)};
  const std::vector<WindowToken> tokens = tokens_with_most_context(windows, 4, 0);
  const std::vector<size_t> expected_windows = {0, 0, 0, 0, 1, 1, 2, 2, 2, 2};
  ASSERT_EQ(tokens.size(), 10U);
  for (size_t i = 0; i < tokens.size(); ++i) {
    EXPECT_EQ(tokens[i].place, static_cast<int64_t>(i));
    EXPECT_EQ(tokens[i].window, expected_windows[i]) << "token " << i;
    EXPECT_EQ(tokens[i].position, 1 + i - 2 * tokens[i].window) << "token " << i;
  }
}

TEST(TokensWithMostContext, CountsOnlyTheTextInWindows) {
  const std::vector<Encoding> windows = {window(5, 3, 1), window(5, 2, 1)};
  const std::vector<WindowToken> tokens = tokens_with_most_context(windows, 0, 1);
  ASSERT_EQ(tokens.size(), 5U);
  EXPECT_EQ(tokens[2].window, 0U);
  EXPECT_EQ(tokens[2].position, 7U);
  EXPECT_EQ(tokens[3].window, 1U);
  EXPECT_EQ(tokens[3].position, 5U);
}

TEST(TokensWithMostContext, IsEmptyForAnEmptyText) {
  const std::vector<Encoding> windows = {window(1, 0, 0)};
  EXPECT_TRUE(tokens_with_most_context(windows, 0, 0).empty());
  EXPECT_TRUE(tokens_with_most_context({}, 0, 0).empty());
}

}  // namespace
}  // namespace jnlp
