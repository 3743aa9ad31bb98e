#include "tasks/text_passages.h"

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "tasks/text_blocks.h"
#include "tasks/text_chars.h"

namespace jnlp {
namespace {

// "headings|text" of each passage; words count as tokens.
std::vector<std::string> passages(const std::string& text, bool markdown,
                                  const PassageLimits& limits) {
  std::vector<std::string> found;
  const auto count = [](std::string_view part) { return count_words(part); };
  for (const TextPassage& passage : split_passages(text, markdown, limits, count)) {
    std::string shown;
    for (const std::string& heading : passage.headings) shown += heading + "|";
    shown += text.substr(passage.span.begin, passage.span.end - passage.span.begin);
    found.push_back(shown);
  }
  return found;
}

constexpr PassageLimits kAnyLength = {.max_tokens = 100, .min_words = 0};
using Strings = std::vector<std::string>;

TEST(TextPassages, AreParagraphs) {
  EXPECT_EQ(passages("One two\nthree.\n\n  \nFour.\r\n\r\nFive.\r\n", false, kAnyLength),
            (Strings{"One two\nthree.", "Four.", "Five."}));
  EXPECT_TRUE(passages("", false, kAnyLength).empty());
  EXPECT_TRUE(passages(" \n---\n\n***\n", true, kAnyLength).empty());
}

TEST(TextPassages, StandUnderTheirHeadings) {
  const std::string text =
      "Before.\n# A #\nText a.\n## B\nText b.\n### C\n## D\nText d.\n# E\nText e.\n";
  EXPECT_EQ(passages(text, true, kAnyLength),
            (Strings{"Before.", "A|Text a.", "A|B|Text b.", "A|D|Text d.", "E|Text e."}));
  EXPECT_EQ(passages("# A\nText.", false, kAnyLength), Strings{"# A\nText."});
}

TEST(TextPassages, KnowUnderlinedHeadings) {
  EXPECT_EQ(passages("Big\n===\nOne.\n\nSmall\n---\nTwo.\n", true, kAnyLength),
            (Strings{"Big|One.", "Big|Small|Two."}));
}

TEST(TextPassages, HashesThatAreNoHeadings) {
  EXPECT_EQ(passages("#tag\n\n####### seven\n\n    # code", true, kAnyLength),
            (Strings{"#tag", "####### seven", "    # code"}));
  EXPECT_EQ(passages("# Written in C#\nYes.", true, kAnyLength), Strings{"Written in C#|Yes."});
}

TEST(TextPassages, FencedCodeStaysTogether) {
  const std::string code = "```sh\n# no heading\n\nrun it\n```";
  EXPECT_EQ(passages("# A\n" + code + "\n\nAfter.", true, kAnyLength),
            (Strings{"A|" + code, "A|After."}));
  EXPECT_EQ(passages("~~~\nnever closed\n\n# still code", true, kAnyLength),
            Strings{"~~~\nnever closed\n\n# still code"});
}

TEST(TextPassages, ShortParagraphsAreJoinedInTheirSectionOnly) {
  const PassageLimits limits = {.max_tokens = 100, .min_words = 4};
  EXPECT_EQ(passages("# A\nOne.\n\nTwo.\n\nThree four five six.\n# B\nSeven.", true, limits),
            (Strings{"A|One.\n\nTwo.\n\nThree four five six.", "B|Seven."}));
  // One that is long enough takes nothing up, but for the last of the section.
  EXPECT_EQ(
      passages("One two three four.\n\nFive.\n\nSix seven eight nine.\n\nTen.", false, limits),
      (Strings{"One two three four.", "Five.\n\nSix seven eight nine.\n\nTen."}));
}

TEST(TextPassages, AColonLeadsToWhatFollows) {
  const PassageLimits limits = {.max_tokens = 100, .min_words = 2};
  EXPECT_EQ(passages("Do this now:\n\n- one\n- two\n\nThat is all.", false, limits),
            (Strings{"Do this now:\n\n- one\n- two", "That is all."}));
}

TEST(TextPassages, LongParagraphsAreCutBetweenSentences) {
  const PassageLimits limits = {.max_tokens = 4, .min_words = 3};
  EXPECT_EQ(passages("# A\nOne two. Three four. Five six. Seven eight.", true, limits),
            (Strings{"A|One two. Three four.", "A|Five six. Seven eight."}));
  // Joining must not make them too long either.
  EXPECT_EQ(passages("One two.\n\nThree four five.", false, limits),
            (Strings{"One two.", "Three four five."}));
}

}  // namespace
}  // namespace jnlp
