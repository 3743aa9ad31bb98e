#include "base/utf8.h"

#include <gtest/gtest.h>

namespace jnlp {
namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";

TEST(Utf8, RoundTripOfEveryScalarValue) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    append_utf8(c, &text);
    ASSERT_TRUE(is_valid_utf8(text)) << std::hex << static_cast<uint32_t>(c);
    size_t position = 0;
    ASSERT_EQ(decode_utf8(text, &position), c);
    ASSERT_EQ(position, text.size());
  }
}

TEST(Utf8, IllFormedTextIsFoundAndRepairedAsPythonDoes) {
  // Expected values: bytes.decode("utf-8", errors="replace") of CPython.
  const struct {
    std::string damaged;
    int replacements;
    std::string rest;
  } cases[] = {
      {"\x80", 1, ""},
      {"\xC0\xAF", 2, ""},
      {"\xE2\x82", 1, ""},
      {"\xED\xA0\x80", 3, ""},
      {"\xF0\x9F\x98", 1, ""},
      {"\xF4\x90\x80\x80", 4, ""},
      {"\xFF", 1, ""},
      {"\xE2\x82"
       "A",
       1, "A"},
      {"\xF0\x80\x80\x80", 4, ""},
  };
  for (const auto& c : cases) {
    EXPECT_FALSE(is_valid_utf8(c.damaged));
    std::string expected;
    for (int i = 0; i < c.replacements; ++i) expected += kReplacement;
    EXPECT_EQ(replace_invalid_utf8(c.damaged), expected + c.rest);
  }
  EXPECT_EQ(replace_invalid_utf8("naïve 🙂"), "naïve 🙂");
}

TEST(CodePointIndex, TranslatesBothWays) {
  const std::string text = "aé€🙂b";
  const CodePointIndex index(text);
  const size_t byte_offsets[] = {0, 1, 3, 6, 10, 11};
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(index.code_point_offset(byte_offsets[i]), i);
    EXPECT_EQ(index.byte_offset(i), byte_offsets[i]);
  }
  const CodePointIndex ascii("abc");
  EXPECT_EQ(ascii.code_point_offset(3), 3U);
  EXPECT_EQ(ascii.byte_offset(2), 2U);
}

}  // namespace
}  // namespace jnlp
