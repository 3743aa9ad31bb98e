#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "support/paths.h"
#include "tokenize/tokenizer.h"

// Files of SentencePiece put together by hand: what they may say, and what they may not.

namespace jnlp {
namespace {

std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes.push_back(static_cast<char>(value | 0x80U));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

std::string number(uint64_t field, uint64_t value) {
  return varint(field << 3U) + varint(value);
}

std::string block(uint64_t field, const std::string& bytes) {
  return varint(field << 3U | 2U) + varint(bytes.size()) + bytes;
}

std::string score(float value) {
  std::string bytes(4, '\0');
  __builtin_memcpy(bytes.data(), &value, 4);
  return varint(2U << 3U | 5U) + bytes;
}

enum Type { kNormal = 1, kUnknown = 2, kControl = 3, kUser = 4, kUnused = 5, kByte = 6 };

std::string piece(const std::string& text, float value = 0, Type type = kNormal) {
  return block(1, block(1, text) + score(value) + (type == kNormal ? "" : number(3, type)));
}

// A trainer_spec with this type of model.
std::string model_type(uint64_t type) {
  return block(2, number(3, type));
}

const std::string kUnknownPiece = piece("<unk>", 0, kUnknown);

class SentencePieceFileTest : public testing::Test {
 protected:
  Tokenizer load(const std::string& bytes, const std::string& name = "m.model") {
    std::ofstream(folder_.path() / name, std::ios::binary) << bytes;  // flushes nothing to disk
    return Tokenizer::from_file(folder_.path() / name);
  }

  std::string problem(const std::string& bytes) {
    try {
      load(bytes);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_input);
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
      return error.what();
    }
    return "";
  }

  test::TemporaryDir folder_;
};

std::vector<std::string> tokens(const Tokenizer& tokenizer, const std::string& text) {
  std::vector<std::string> names;
  for (const int32_t id : tokenizer.encode(text).ids) names.push_back(tokenizer.id_to_token(id));
  return names;
}

using Names = std::vector<std::string>;

TEST_F(SentencePieceFileTest, EmptyFileHasNoPieces) {
  EXPECT_NE(problem("").find("no pieces"), std::string::npos);
}

TEST_F(SentencePieceFileTest, NumbersAndLengthsStayInBounds) {
  EXPECT_NE(problem("\x0A").find("cut off"), std::string::npos);
  EXPECT_NE(problem(varint(10) + varint(1000) + "abc").find("beyond the end"), std::string::npos);
  EXPECT_NE(problem(varint(10) + varint(~uint64_t{0})).find("beyond the end"), std::string::npos);
  EXPECT_NE(problem("\x08" + std::string(9, '\xFF') + "\x02").find("too large"), std::string::npos);
  EXPECT_NE(problem(std::string(11, '\xFF')).find("too large"), std::string::npos);
  EXPECT_NE(problem(std::string("\x02\x00", 2)).find("valid number"), std::string::npos);
  EXPECT_NE(problem("\x0B").find("known kind"), std::string::npos);  // a group
  EXPECT_NE(problem(number(1, 7)).find("another kind"), std::string::npos);
  EXPECT_NE(problem(block(1, block(1, "a") + number(2, 1))).find("another kind"),
            std::string::npos);
}

TEST_F(SentencePieceFileTest, FieldsThatNobodyKnowsAreSkipped) {
  const std::string extra = number(300, 5) + block(301, "text") + varint(302U << 3U | 1U) +
                            std::string(8, 'x') + varint(303U << 3U | 5U) + std::string(4, 'x');
  const Tokenizer tokenizer = load(extra + kUnknownPiece + extra + piece("\u2581a"));
  EXPECT_EQ(tokens(tokenizer, "a"), Names{"\u2581a"});
}

TEST_F(SentencePieceFileTest, PiecesMustMakeAModel) {
  EXPECT_NE(problem(piece("a")).find("no unknown piece"), std::string::npos);
  EXPECT_NE(problem(kUnknownPiece).find("no piece that text"), std::string::npos);
  EXPECT_NE(problem(kUnknownPiece + piece("?", 0, kUnknown)).find("second unknown"),
            std::string::npos);
  EXPECT_NE(problem(kUnknownPiece + piece("a") + piece("a")).find("twice"), std::string::npos);
  EXPECT_NE(problem(kUnknownPiece + piece("")).find("is empty"), std::string::npos);
  EXPECT_NE(problem(kUnknownPiece + piece("\xFF")).find("not UTF-8"), std::string::npos);
  EXPECT_NE(problem(kUnknownPiece + piece(std::string(8000, 'a'))).find("too long"),
            std::string::npos);
  EXPECT_NE(problem(kUnknownPiece + piece(std::string("a\0", 2))).find("zero byte"),
            std::string::npos);
  EXPECT_NE(problem(kUnknownPiece + piece("a", __builtin_nanf(""))).find("no number"),
            std::string::npos);
  EXPECT_NE(problem(kUnknownPiece + piece("<0x41>", 0, kByte)).find("byte_fallback is off"),
            std::string::npos);
  EXPECT_NE(problem(kUnknownPiece + piece("a") + block(2, number(35, 1))).find("256 bytes"),
            std::string::npos);
  EXPECT_NE(problem(kUnknownPiece + piece("a") + model_type(9)).find("unknown value"),
            std::string::npos);
}

TEST_F(SentencePieceFileTest, DamagedCharsmapIsRefused) {
  const auto with_charsmap = [](const std::string& charsmap) {
    return kUnknownPiece + piece("a") + block(3, block(2, charsmap));
  };
  EXPECT_NE(problem(with_charsmap("abc")).find("precompiled_charsmap"), std::string::npos);
  EXPECT_NE(problem(with_charsmap("\xFF\xFF\xFF\xFFzzzz")).find("precompiled_charsmap"),
            std::string::npos);
}

// A double array that maps "a" to all of a long text, as no real rule does.
TEST_F(SentencePieceFileTest, TextCannotGrowBeyondMeasure) {
  std::string units;
  const auto unit = [&](uint32_t value) {
    for (int i = 0; i < 4; ++i) units.push_back(static_cast<char>(value >> (8 * i)));
  };
  const uint32_t place_of_a = 1 ^ 'a';  // below a root whose offset is 1
  const uint32_t leaf = place_of_a ^ 2U;
  for (uint32_t i = 0; i < 256; ++i) {
    if (i == 0) {
      unit(1U << 10U);
    } else if (i == place_of_a) {
      unit(2U << 10U | 1U << 8U | 'a');
    } else {
      unit(i == leaf ? 0x80000000U : 0xFFU);
    }
  }
  std::string size(4, '\0');
  size[1] = 4;  // 1,024 bytes
  const std::string charsmap = size + units + std::string(1 << 20U, 'x') + '\0';
  const Tokenizer tokenizer = load(kUnknownPiece + piece("x") + block(3, block(2, charsmap)));
  EXPECT_EQ(tokenizer.encode("b").ids, std::vector<int32_t>{0});
  EXPECT_THROW(tokenizer.encode("aaa"), Error);
}

TEST_F(SentencePieceFileTest, EveryCutAndFlipIsAnErrorOrATokenizer) {
  const std::string sound =
      read_file(test::test_file("golden/tokenizers/sentencepiece/unigram_suffix.model"));
  const auto attempt = [this](const std::string& bytes) {
    try {
      const Tokenizer tokenizer = load(bytes);
      tokenizer.decode(tokenizer.encode("the <sym> ﬁ\u3000ﬃ e\u0301… 漢").ids);
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
  };
  for (size_t size = 0; size < sound.size(); size += 7) attempt(sound.substr(0, size));
  for (size_t at = 0; at < sound.size(); at += 3) {
    std::string flipped = sound;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
    attempt(flipped);
  }
}

TEST_F(SentencePieceFileTest, ControlSymbolsNeverComeFromText) {
  const std::string pieces = kUnknownPiece + piece("<s>", 0, kControl) + piece("<u>", 0, kUser) +
                             piece("s", -1) + piece("\u2581", -1);
  const std::string plain = block(3, number(3, 0));  // no dummy prefix
  for (const uint64_t type : {1, 2, 4}) {
    const Tokenizer tokenizer = load(pieces + plain + model_type(type));
    EXPECT_EQ(tokens(tokenizer, "<s>"), (Names{"<unk>", "s", "<unk>"})) << type;
    EXPECT_EQ(tokens(tokenizer, "<u>"), Names{"<u>"}) << type;
    EXPECT_EQ(tokenizer.decode(std::vector<int32_t>{1, 2, 1, 3}), "<u>s") << type;
  }
  EXPECT_EQ(tokens(load(pieces + plain + model_type(3)), "<s>"), Names{"<unk>"});
}

// Equal scores: the leftmost pair merges first, whatever the length.
TEST_F(SentencePieceFileTest, BpeTiesFallToTheLeft) {
  const Tokenizer tokenizer = load(kUnknownPiece + piece("a") + piece("ab", -1) + piece("bc", -1) +
                                   piece("\u2581") + piece("b") + piece("c") + model_type(2));
  EXPECT_EQ(tokens(tokenizer, "abc"), (Names{"\u2581", "ab", "c"}));
}

TEST_F(SentencePieceFileTest, WordsBeginAtSpaces) {
  const Tokenizer tokenizer = load(kUnknownPiece + piece("\u2581a") + piece("b") + piece("\u2581"));
  const Encoding encoding = tokenizer.encode("ab b abb");
  EXPECT_EQ(encoding.word_ids, (std::vector<int32_t>{0, 0, 1, 1, 2, 2, 2}));
}

}  // namespace
}  // namespace jnlp
