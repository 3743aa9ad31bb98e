#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/utf8.h"
#include "support/paths.h"
#include "tokenize/tokenizer.h"

namespace jnlp {
namespace {

std::vector<std::filesystem::path> models() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry :
       std::filesystem::directory_iterator(test::test_file("golden/tokenizers/sentencepiece"))) {
    if (entry.path().extension() == ".model") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Json> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<Json> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(parse_json(line, "golden"));
  return lines;
}

// One test for each model that tools/golden/sentencepiece.py has trained.
class SentencePieceGolden : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(SentencePieceGolden, GivesSentencePiecesTokens) {
  const Tokenizer tokenizer = Tokenizer::from_file(GetParam());
  auto golden = GetParam();
  const std::vector<Json> lines = lines_of(golden.replace_extension(".jsonl"));
  ASSERT_GT(lines.size(), 60U);
  for (const Json& line : lines) {
    SCOPED_TRACE(line["text"].dump());
    const Encoding encoding = tokenizer.encode(line["text"].get<std::string>());
    EXPECT_EQ(encoding.ids, line["ids"].get<std::vector<int32_t>>());
    std::vector<std::vector<uint32_t>> offsets;
    for (size_t i = 0; i < encoding.size(); ++i) {
      offsets.push_back({encoding.offsets[i].begin, encoding.offsets[i].end});
    }
    EXPECT_EQ(offsets, line["byte_offsets"].get<std::vector<std::vector<uint32_t>>>());
    EXPECT_EQ(tokenizer.decode(encoding.ids), line["decoded"].get<std::string>());
  }
}

std::vector<std::vector<uint32_t>> in_code_points(const Encoding& encoding,
                                                  const std::string& text) {
  const CodePointIndex index(text);
  std::vector<std::vector<uint32_t>> offsets;
  for (const TextSpan& span : encoding.offsets) {
    offsets.push_back({static_cast<uint32_t>(index.code_point_offset(span.begin)),
                       static_cast<uint32_t>(index.code_point_offset(span.end))});
  }
  return offsets;
}

// Directories with a model and the tokenizer_config.json of a Hugging Face class.
class SentencePieceClass : public testing::TestWithParam<const char*> {};

TEST_P(SentencePieceClass, GivesTheTokensOfTransformers) {
  const auto folder = test::test_file("golden/tokenizers/sentencepiece") / GetParam();
  const Tokenizer tokenizer = Tokenizer::from_directory(folder);
  const std::vector<Json> lines = lines_of(folder / "expected.jsonl");
  ASSERT_GT(lines.size(), 60U);
  for (const Json& line : lines) {
    SCOPED_TRACE(line["text"].dump());
    const auto text = line["text"].get<std::string>();
    const Encoding single = tokenizer.encode(text);
    EXPECT_EQ(single.ids, line["ids"].get<std::vector<int32_t>>());
    EXPECT_EQ(in_code_points(single, text),
              line["offsets"].get<std::vector<std::vector<uint32_t>>>());
    EXPECT_EQ(tokenizer.decode(single.ids), line["decoded"].get<std::string>());
    const Encoding pair = tokenizer.encode_pair(text, line["pair"].get<std::string>());
    EXPECT_EQ(pair.ids, line["pair_ids"].get<std::vector<int32_t>>());
    EXPECT_EQ(pair.type_ids, line["pair_types"].get<std::vector<int32_t>>());
  }
}

INSTANTIATE_TEST_SUITE_P(Classes, SentencePieceClass,
                         testing::Values("t5", "xlm_roberta", "camembert", "albert", "deberta_v2",
                                         "llama", "llama_new"),
                         [](const auto& info) { return std::string(info.param); });

INSTANTIATE_TEST_SUITE_P(Models, SentencePieceGolden, testing::ValuesIn(models()),
                         [](const auto& info) { return info.param.stem().string(); });

}  // namespace
}  // namespace jnlp
