#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "support/paths.h"
#include "tokenize/tokenizer.h"

namespace jnlp {
namespace {

class SentencePieceDirectory : public testing::Test {
 protected:
  void add_model(const std::string& name, const std::string& golden =
                                              "xlm_roberta/"
                                              "sentencepiece.bpe.model") {
    std::filesystem::copy_file(test::test_file("golden/tokenizers/sentencepiece/" + golden),
                               folder_.path() / name);
  }
  void write(const std::string& name, const std::string& text) {
    write_file(folder_.path() / name, text);
  }
  Tokenizer load() { return Tokenizer::from_directory(folder_.path()); }
  // The code and message of the failure.
  ErrorCode failure(std::string* message) {
    try {
      load();
    } catch (const Error& error) {
      *message = error.what();
      return error.code();
    }
    ADD_FAILURE() << "it was loaded";
    return ErrorCode::internal;
  }

  test::TemporaryDir folder_;
};

TEST_F(SentencePieceDirectory, ModelOfAnyNameAloneWillDo) {
  add_model("my.model");
  const Tokenizer tokenizer = load();
  EXPECT_EQ(tokenizer.vocab_size(), 220);
  EXPECT_EQ(tokenizer.unk_id(), 0);
  EXPECT_EQ(tokenizer.token_to_id("<s>"), 1);
  EXPECT_EQ(tokenizer.encode("").size(), 0U);  // no special tokens
}

TEST_F(SentencePieceDirectory, SeveralModelsAreAmbiguous) {
  add_model("a.model");
  add_model("b.model");
  std::string message;
  EXPECT_EQ(failure(&message), ErrorCode::invalid_input);
  EXPECT_NE(message.find("2 tokenizer models"), std::string::npos) << message;
}

TEST_F(SentencePieceDirectory, ConfigJsonAloneTellsTheClass) {
  add_model("sentencepiece.bpe.model");
  write("config.json", R"({"model_type": "xlm-roberta"})");
  const Tokenizer tokenizer = load();
  EXPECT_EQ(tokenizer.vocab_size(), 222);
  EXPECT_EQ(tokenizer.encode("").ids, (std::vector<int32_t>{0, 2}));
  EXPECT_EQ(tokenizer.unk_id(), 3);
}

TEST_F(SentencePieceDirectory, FileItselfIsPlainWhateverLiesBesideIt) {
  add_model("sentencepiece.bpe.model");
  write("tokenizer_config.json", R"({"tokenizer_class": "XLMRobertaTokenizerFast"})");
  EXPECT_EQ(load().vocab_size(), 222);
  EXPECT_EQ(Tokenizer::from_file(folder_.path() / "sentencepiece.bpe.model").vocab_size(), 220);
}

TEST_F(SentencePieceDirectory, UnknownClassIsRefused) {
  add_model("tokenizer.model");
  write("tokenizer_config.json", R"({"tokenizer_class": "MarianTokenizer"})");
  std::string message;
  EXPECT_EQ(failure(&message), ErrorCode::unsupported);
  EXPECT_NE(message.find("MarianTokenizer"), std::string::npos) << message;
}

TEST_F(SentencePieceDirectory, ClassNeedsItsPieces) {
  add_model("spiece.model");
  write("tokenizer_config.json", R"({"tokenizer_class": "AlbertTokenizer"})");
  std::string message;
  EXPECT_EQ(failure(&message), ErrorCode::invalid_input);
  EXPECT_NE(message.find("[CLS]"), std::string::npos) << message;
}

TEST_F(SentencePieceDirectory, WordModelsHaveNoClass) {
  add_model("spiece.model", "word.model");
  write("tokenizer_config.json", R"({"tokenizer_class": "T5Tokenizer"})");
  std::string message;
  EXPECT_EQ(failure(&message), ErrorCode::unsupported);
}

TEST_F(SentencePieceDirectory, ConfigAddsTokens) {
  add_model("sentencepiece.bpe.model");
  write("tokenizer_config.json", R"({"tokenizer_class": "XLMRobertaTokenizer",
    "added_tokens_decoder": {"222": {"content": "<new>", "lstrip": false, "normalized": false,
      "rstrip": false, "single_word": false, "special": true}}})");
  const Tokenizer tokenizer = load();
  EXPECT_EQ(tokenizer.encode("<new>").ids, (std::vector<int32_t>{0, 222, 2}));
}

TEST_F(SentencePieceDirectory, DamagedModelOfAClassIsAnErrorOrATokenizer) {
  for (const std::string golden : {"t5/spiece.model", "llama/tokenizer.model"}) {
    const std::string sound =
        read_file(test::test_file("golden/tokenizers/sentencepiece/" + golden));
    write("tokenizer_config.json", golden.starts_with("t5")
                                       ? R"({"tokenizer_class": "T5Tokenizer"})"
                                       : R"({"tokenizer_class": "LlamaTokenizer"})");
    for (size_t at = 0; at < sound.size(); at += 11) {
      std::string flipped = sound;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
      std::ofstream(folder_.path() / "spiece.model", std::ios::binary) << flipped;
      try {
        const Tokenizer tokenizer = load();
        tokenizer.decode(tokenizer.encode("the <sym> \u3000 e\u0301… 漢").ids);
      } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
      }
    }
  }
}

TEST_F(SentencePieceDirectory, TiktokenFilesAreToldByTheirContent) {
  std::string message;
  write("tokenizer.model", "IQ== 0\nIg== 1\n");
  EXPECT_EQ(failure(&message), ErrorCode::unsupported);
  EXPECT_NE(message.find("2 tiktoken ranks"), std::string::npos) << message;
  write("tokenizer.model", "IQ== 0\nIQ== 1\n");
  EXPECT_EQ(failure(&message), ErrorCode::invalid_input);
  EXPECT_NE(message.find("line 2"), std::string::npos) << message;
}

}  // namespace
}  // namespace jnlp
