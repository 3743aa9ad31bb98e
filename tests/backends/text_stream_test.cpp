#include "backends/text_stream.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/utf8.h"

namespace jnlp {
namespace {

using Pieces = std::vector<std::string>;

Pieces shown(const Pieces& pushed, const Pieces& stop) {
  TextStream stream(stop);
  Pieces pieces;
  for (const std::string& bytes : pushed) pieces.push_back(stream.push(bytes));
  pieces.push_back(stream.finish());
  return pieces;
}

TEST(TextStream, PassesTextOnAtOnce) {
  EXPECT_EQ(shown({"He", "llo", " you"}, {}), (Pieces{"He", "llo", " you", ""}));
}

TEST(TextStream, HoldsCutCharactersBack) {
  // U+1F600 in four tokens.
  EXPECT_EQ(shown({"a\xF0", "\x9F", "\x98", "\x80z"}, {}),
            (Pieces{"a", "", "", "\xF0\x9F\x98\x80z", ""}));
}

TEST(TextStream, ReplacesACharacterThatStaysCut) {
  EXPECT_EQ(shown({"a\xC3"}, {}), (Pieces{"a", "\xEF\xBF\xBD"}));
}

TEST(TextStream, ReplacesBytesThatAreNoCharacter) {
  EXPECT_EQ(shown({"a\xFF", "b"}, {}), (Pieces{"a\xEF\xBF\xBD", "b", ""}));
}

TEST(TextStream, EndsBeforeAStopStringAcrossTokens) {
  EXPECT_EQ(shown({"one E", "N", "D two", "three"}, {"END"}), (Pieces{"one ", "", "", "", ""}));
}

TEST(TextStream, GivesBackWhatTurnedOutToBeNoStopString) {
  EXPECT_EQ(shown({"E", "N", "E", "ND"}, {"END"}), (Pieces{"", "", "EN", "", ""}));
  EXPECT_EQ(shown({"one EN"}, {"END"}), (Pieces{"one ", "EN"}));
}

TEST(TextStream, TheFirstOfSeveralStopStringsCounts) {
  EXPECT_EQ(shown({"a<b>c"}, {"c", "<b>"}), (Pieces{"a", ""}));
}

TEST(TextStream, AStopStringMayBeOneCutCharacter) {
  EXPECT_EQ(shown({"a\xE2\x82", "\xAC b"}, {"\xE2\x82\xAC"}), (Pieces{"a", "", ""}));
}

TEST(TextStream, SaysThatItStopped) {
  TextStream stream({"\n"});
  stream.push("a");
  EXPECT_FALSE(stream.stopped());
  stream.push("b\nc");
  EXPECT_TRUE(stream.stopped());
  EXPECT_EQ(stream.push("d"), "");
  EXPECT_EQ(stream.text(), "ab");
}

// Wherever the tokens are cut, the text is the same, and each piece is whole characters.
TEST(TextStream, CutsDoNotChangeTheText) {
  std::mt19937 random(7);
  const std::string alphabet[] = {"a", "b", "ab", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
  const Pieces stop = {"abab", "\xE2\x82\xAC\xC3\xA9"};
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (int i = 0; i < 24; ++i) text += alphabet[random() % std::size(alphabet)];
    TextStream stream(stop);
    std::string joined;
    for (size_t begin = 0; begin < text.size();) {
      const size_t size = 1 + random() % 5;
      const std::string piece = stream.push(text.substr(begin, size));
      EXPECT_TRUE(is_valid_utf8(piece));
      joined += piece;
      begin += size;
    }
    joined += stream.finish();
    const std::string expected = text.substr(0, std::min(text.find(stop[0]), text.find(stop[1])));
    EXPECT_EQ(joined, expected);
    EXPECT_EQ(stream.text(), expected);
  }
}

}  // namespace
}  // namespace jnlp
