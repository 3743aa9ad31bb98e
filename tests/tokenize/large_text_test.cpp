#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "base/error.h"
#include "base/utf8.h"
#include "tokenize/tokenizer_fixture.h"

// Long and strange texts. The bounds of time are wide, for emulators and sanitizers; whatever takes
// the square of a million steps misses them by far.

namespace jnlp {
namespace {

using test::repeated;

constexpr size_t kLong = 1'000'000;

std::string all_code_points() {
  std::string text;
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c < 0xD800 || c > 0xDFFF) append_utf8(c, &text);
  }
  return text;
}

// One of each kind: the word models, the byte models, and the components that look far.
class LargeText : public testing::TestWithParam<const char*> {
 protected:
  LargeText()
      : tokenizer_(
            test::load_tokenizer(dump_json(test::golden_tokenizer(GetParam())["tokenizer"]))) {}

  void encode_in_time(const std::string& text) const {
    const auto start = std::chrono::steady_clock::now();
    try {
      check(tokenizer_.encode(text), text);
    } catch (const Error& error) {  // a vocabulary without an unknown token, or too many bytes
      EXPECT_EQ(error.code(), ErrorCode::invalid_input) << error.what();
      EXPECT_NE(std::string(GetParam()), "post_processor_template") << "BERT's takes any text";
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(40));
  }

  static void check(const Encoding& encoding, const std::string& text) {
    for (const TextSpan& span : encoding.offsets) {
      ASSERT_LE(span.begin, span.end);
      ASSERT_LE(span.end, text.size());
    }
  }

  Tokenizer tokenizer_;
};

TEST_P(LargeText, OneWord) {
  encode_in_time(repeated("a", kLong));
  encode_in_time(repeated("thequickbrownfox", kLong / 16));
  encode_in_time(repeated("\xE4\xB8\xAD", kLong / 3));
}

TEST_P(LargeText, OneKindOfCharacter) {
  for (const char* part : {" ", "\n", "\t \n", ".", "1", "\u0301", "\u0323\u0301", "\u200d", "🇩",
                           "\u1161", "[", "<", "\u3000", "▁"}) {
    encode_in_time(repeated(part, kLong / std::string_view(part).size()));
  }
}

TEST_P(LargeText, AllCodePoints) {
  encode_in_time(all_code_points());
}

TEST_P(LargeText, AddedTokensAndLists) {
  encode_in_time(repeated("[MASK]", kLong / 6));
  encode_in_time(repeated(" <b> word <m>", kLong / 13));
}

INSTANTIATE_TEST_SUITE_P(Tokenizers, LargeText,
                         testing::Values("post_processor_template", "normalizer_bert",
                                         "normalizer_t5", "normalizer_sequence",
                                         "pre_tokenizer_sequence",
                                         "pre_tokenizer_bytelevel_true_true",
                                         "pre_tokenizer_metaspace_first", "model_byte_level_bpe",
                                         "model_byte_level_bpe_ignores_merges",
                                         "model_bpe_byte_fallback", "model_bpe_fused_unknown",
                                         "model_unigram_byte_fallback", "model_word_level",
                                         "post_processor_roberta_true_true", "added_tokens_lower",
                                         "added_tokens_prepend"),
                         [](const auto& name) { return std::string(name.param); });

Tokenizer bert() {
  return test::load_tokenizer(
      dump_json(test::golden_tokenizer("post_processor_template")["tokenizer"]));
}

TEST(Text, IllFormedIsAnErrorThatSaysWhere) {
  const Tokenizer tokenizer = bert();
  for (const std::string& text :
       {std::string("ab\xFF"), std::string("\xC3"), std::string("\xC0\x80"),
        std::string("\xED\xA0\x80"), std::string("\xF4\x90\x80\x80"), std::string("\x80"),
        std::string("a\xE4\xB8 b")}) {
    EXPECT_THROW(tokenizer.encode(text), Error);
    EXPECT_THROW(tokenizer.encode_pair("fine", text), Error);
  }
  try {
    tokenizer.encode("ab\xFF");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("byte 2"), std::string::npos) << error.what();
  }
}

TEST(Windows, TooManyAreAnError) {
  const Tokenizer tokenizer = bert();
  EncodeOptions options;
  options.max_length = 1002;
  options.stride = 999;
  EXPECT_THROW(tokenizer.encode_windows(repeated("fox ", 200'000), std::nullopt, options), Error);
  options.stride = 100;
  EXPECT_GT(tokenizer.encode_windows(repeated("fox ", 200'000), std::nullopt, options).size(),
            200U);
}

// Each of these tokens is found at every place and takes in all of the white space behind it.
TEST(AddedTokens, WhiteSpaceThatTakesInWhiteSpaceIsBounded) {
  Json file = test::golden_tokenizer("added_tokens_lower")["tokenizer"];
  Json token = file["added_tokens"][0];
  token["content"] = " ";
  token["rstrip"] = token["lstrip"] = true;
  file["added_tokens"] = Json::array({token});
  const Tokenizer tokenizer = test::load_tokenizer(dump_json(file));
  EXPECT_THROW(tokenizer.encode(repeated(" ", kLong)), Error);
  EXPECT_EQ(tokenizer.encode("fox fox").size(), 3U);
}

TEST(Decode, LongTextsTakeLinearTime) {
  Json file = test::golden_tokenizer("decoder_fuse")["tokenizer"];
  file["decoder"] = Json::parse(
      R"({"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Strip","content":"a","start":900000,"stop":900000}]})");
  const Tokenizer tokenizer = test::load_tokenizer(dump_json(file));
  const std::vector<int32_t> ids(kLong, 0);
  EXPECT_EQ(tokenizer.decode(ids).size(), 0U);
}

}  // namespace
}  // namespace jnlp
