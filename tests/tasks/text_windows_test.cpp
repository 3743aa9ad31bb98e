#include "tasks/text_windows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

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

TEST(DivideByContext, TakesEachTokenOnceFromTheMiddleOfAWindow) {
  // Ten tokens in windows of six that share four: 0-5, 2-7, 4-9.
  const std::vector<Encoding> windows = {window(1, 6, 0), window(1, 6, 0), window(1, 6, 0)};
  const std::vector<WindowShare> expected = {{1, 5, 0}, {3, 5, 4}, {3, 7, 6}};
  EXPECT_EQ(divide_by_context(windows, 4, 0), expected);
}

TEST(DivideByContext, CountsOnlyTheTextInWindows) {
  const std::vector<Encoding> windows = {window(5, 3, 1), window(5, 2, 1)};
  const std::vector<WindowShare> expected = {{5, 8, 0}, {5, 7, 3}};
  EXPECT_EQ(divide_by_context(windows, 0, 1), expected);
}

TEST(DivideByContext, DividesAnyLengthWithoutGapOrOverlap) {
  for (const int64_t stride : {0, 1, 4, 7}) {
    for (int64_t length = 1; length < 60; ++length) {
      std::vector<Encoding> windows;  // of eight tokens
      for (int64_t begin = 0;; begin += 8 - stride) {
        windows.push_back(window(2, static_cast<size_t>(std::min<int64_t>(8, length - begin)), 0));
        if (begin + 8 >= length) break;
      }
      const std::vector<WindowShare> shares = divide_by_context(windows, stride, 0);
      int64_t place = 0;
      for (size_t w = 0; w < windows.size(); ++w) {
        if (shares[w].begin == shares[w].end) continue;
        EXPECT_EQ(shares[w].place, place);
        const auto first = static_cast<int64_t>(w) * (8 - stride);
        EXPECT_EQ(shares[w].begin, static_cast<size_t>(2 + place - first));
        place += static_cast<int64_t>(shares[w].end - shares[w].begin);
      }
      EXPECT_EQ(place, length) << "stride " << stride;
    }
  }
}

TEST(DivideByContext, HasNothingOfAnEmptyText) {
  const std::vector<Encoding> windows = {window(1, 0, 0)};
  EXPECT_EQ(divide_by_context(windows, 0, 0), std::vector<WindowShare>(1));
  EXPECT_TRUE(divide_by_context({}, 0, 0).empty());
}

}  // namespace
}  // namespace jnlp
