#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/utf8.h"
#include "tokenize/text/byte_alphabet.h"
#include "tokenize/text/precompiled.h"
#include "tokenize/unicode/graphemes.h"
#include "tokenize/unicode/normalization.h"

namespace jnlp::tok {
namespace {

std::vector<std::string> graphemes(std::string_view text) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = grapheme_end(text, begin);
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end;
  }
  return parts;
}

using Parts = std::vector<std::string>;

// The rules of Unicode Standard Annex 29, table 1c, by their numbers there.
TEST(Graphemes, FollowTheRules) {
  EXPECT_EQ(graphemes("\r\n\na"), (Parts{"\r\n", "\n", "a"}));  // GB3-5
  EXPECT_EQ(graphemes("\u1100\u1161\u11a8\uac00\u11a8"),
            (Parts{"\u1100\u1161\u11a8", "\uac00\u11a8"}));                            // GB6-8
  EXPECT_EQ(graphemes("e\u0301\u0302x"), (Parts{"e\u0301\u0302", "x"}));               // GB9
  EXPECT_EQ(graphemes("\u0915\u0903\u0916"), (Parts{"\u0915\u0903", "\u0916"}));       // GB9a
  EXPECT_EQ(graphemes("\u0600\u0661 "), (Parts{"\u0600\u0661", " "}));                 // GB9b
  EXPECT_EQ(graphemes("👨‍👩‍👧😀"), (Parts{"👨‍👩‍👧", "😀"}));  // GB11
  EXPECT_EQ(graphemes("a\u200d😀"), (Parts{"a\u200d", "😀"}));
  EXPECT_EQ(graphemes("🇩🇪🇫🇷🇬"), (Parts{"🇩🇪", "🇫🇷", "🇬"}));  // GB12-13
  EXPECT_TRUE(graphemes("").empty());
}

std::string normalized(std::string_view text, NormalizationForm form) {
  std::string out;
  for (const CharChange& change : normalize(text, form)) append_utf8(change.c, &out);
  return out;
}

// Examples of Unicode Standard Annex 15.
TEST(Normalization, OfTheExamples) {
  using enum NormalizationForm;
  EXPECT_EQ(normalized("\u212b", nfd), "A\u030a");
  EXPECT_EQ(normalized("\u212b", nfc), "\u00c5");
  EXPECT_EQ(normalized("\u1e9b\u0323", nfd), "\u017f\u0323\u0307");
  EXPECT_EQ(normalized("\u1e9b\u0323", nfc), "\u1e9b\u0323");
  EXPECT_EQ(normalized("\u1e9b\u0323", nfkd), "s\u0323\u0307");
  EXPECT_EQ(normalized("\u1e9b\u0323", nfkc), "\u1e69");
  EXPECT_EQ(normalized("\ufb01 2\u2075", nfkc), "fi 25");
  EXPECT_EQ(normalized("\u1100\u1161\u11a8", nfc), "\uac01");
  EXPECT_EQ(normalized("\uac01", nfd), "\u1100\u1161\u11a8");
}

// D108 to D117 of the standard: marks are sorted by class, equal classes keep their order.
TEST(Normalization, SortsMarks) {
  EXPECT_EQ(normalized("a\u0301\u0323\u0316", NormalizationForm::nfd), "a\u0323\u0316\u0301");
  EXPECT_EQ(normalized("\u0344", NormalizationForm::nfc), "\u0308\u0301");
  EXPECT_EQ(normalized("a\u0305\u0301", NormalizationForm::nfc), "a\u0305\u0301");  // blocked
}

TEST(ByteAlphabet, IsAOneToOneMap) {
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_EQ(byte_of_letter(letter_of_byte(static_cast<unsigned char>(byte))), byte);
  }
  EXPECT_EQ(letter_of_byte(' '), U'\u0120');
  EXPECT_EQ(byte_of_letter(U'\u0144'), -1);
  EXPECT_EQ(byte_of_letter(U' '), -1);
}

TEST(CharsMap, RefusesDamage) {
  for (const std::string& blob :
       {std::string(), std::string("\1"), std::string("\0\0\0\0", 4),
        std::string("\5\0\0\0abcde", 9), std::string("\xff\xff\xff\xff", 4),
        std::string("\4\0\0\0\0\0\0\0\xff", 9)}) {
    EXPECT_THROW(CharsMap{blob}, Error);
  }
  EXPECT_THROW(decode_base64("ab*d"), Error);
  EXPECT_EQ(decode_base64("aGk="), "hi");
}

// A double array of ones leads everywhere, a leaf in every unit and each value beyond the end.
TEST(CharsMap, SurvivesNonsense) {
  for (const char fill : {'\0', '\1', '\x7f', '\xff'}) {
    const std::string blob = std::string("\0\1\0\0", 4) + std::string(256, fill) + "abc";
    const CharsMap map(blob);
    for (const std::string& text :
         {std::string("a"), std::string("\xC3\xA9"), std::string(300, '\x7f')}) {
      map.longest(text);
      map.shortest(text);
    }
  }
}

}  // namespace
}  // namespace jnlp::tok
