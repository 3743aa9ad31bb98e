#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/utf8.h"
#include "tokenize/tokenizer_fixture.h"

// Small tokenizers that between them have every component and option of tokenizer.json, against
// what Hugging Face `tokenizers` makes of the same files (tools/golden/tokenizers.py).

namespace jnlp {
namespace {

// An encoding in the words of the golden files, without what is all zero.
Json as_json(const Encoding& encoding, const CodePointIndex& first, const CodePointIndex& second) {
  std::vector<size_t> offsets;
  for (size_t i = 0; i < encoding.size(); ++i) {
    const CodePointIndex& index = encoding.sequence_ids[i] == 1 ? second : first;
    offsets.push_back(index.code_point_offset(encoding.offsets[i].begin));
    offsets.push_back(index.code_point_offset(encoding.offsets[i].end));
  }
  Json json = {{"ids", encoding.ids},
               {"offsets", offsets},
               {"words", encoding.word_ids},
               {"types", encoding.type_ids},
               {"sequences", encoding.sequence_ids},
               {"special", encoding.special_tokens_mask}};
  for (auto field = json.begin(); field != json.end();) {
    const bool zero =
        std::all_of(field->begin(), field->end(), [](const Json& v) { return v == 0; });
    field = zero ? json.erase(field) : std::next(field);
  }
  return json.is_null() ? Json::object() : json;
}

EncodeOptions options_of(const Json& given) {
  EncodeOptions options;
  options.add_special_tokens = !given.contains("plain");
  options.max_length = given.value("max_length", 0);
  options.stride = given.value("stride", 0);
  const std::string strategy = given.value("strategy", "longest_first");
  if (strategy == "only_first") options.strategy = TruncationStrategy::only_first;
  if (strategy == "only_second") options.strategy = TruncationStrategy::only_second;
  return options;
}

// What the golden file holds for one case, from our tokenizer.
// Without a post-processor the library does not say of which text a further window's tokens are.
Json answer(const Tokenizer& tokenizer, const Json& given, bool knows_sequences) {
  const EncodeOptions options = options_of(given);
  const auto text = given["text"].get<std::string>();
  std::optional<std::string> pair;
  if (given.contains("pair")) pair = given["pair"].get<std::string>();
  const CodePointIndex first(text);
  const CodePointIndex second(pair.value_or(""));
  Json out = given;
  for (const char* name : {"tokens", "windows", "error"}) out.erase(name);
  try {
    const Encoding whole =
        pair ? tokenizer.encode_pair(text, *pair, options) : tokenizer.encode(text, options);
    out["tokens"] = as_json(whole, first, second);
    if (!given.contains("windows")) return out;
    const std::vector<Encoding> windows = tokenizer.encode_windows(
        text, pair ? std::optional<std::string_view>(*pair) : std::nullopt, options);
    EXPECT_EQ(as_json(windows.at(0), first, second), out["tokens"]);
    out["windows"] = Json::array();
    for (size_t i = 1; i < windows.size(); ++i) {
      out["windows"].push_back(as_json(windows[i], first, second));
      if (!knows_sequences) out["windows"].back().erase("sequences");
    }
  } catch (const Error&) {
    out.erase("tokens");
    out["error"] = true;
  }
  return out;
}

class GoldenTokenizer : public testing::TestWithParam<std::string> {
 protected:
  const Json golden_ = test::golden_tokenizer(GetParam());
  const Tokenizer tokenizer_ = test::load_tokenizer(dump_json(golden_["tokenizer"]));
};

// One test for each file: a process of its own for each is slow enough under emulation.
TEST_P(GoldenTokenizer, EqualsTheReference) {
  const bool knows_sequences = !golden_["tokenizer"]["post_processor"].is_null();
  for (const Json& expected : golden_["encodings"]) {
    EXPECT_EQ(dump_json(answer(tokenizer_, expected, knows_sequences)), dump_json(expected));
  }
  for (const Json& line : golden_["decodings"]) {
    const auto ids = line[0].get<std::vector<int32_t>>();
    EXPECT_EQ(tokenizer_.decode(ids, line[1].get<bool>()), line[2].get<std::string>()) << line;
  }
  EXPECT_EQ(tokenizer_.vocab_size(), golden_["vocab_size"].get<int32_t>());
  for (const Json& line : golden_["tokens"]) {
    EXPECT_EQ(tokenizer_.id_to_token(line[0].get<int32_t>()), line[1].get<std::string>());
    EXPECT_EQ(tokenizer_.token_to_id(line[2].get<std::string>()), line[0].get<int32_t>());
  }
  const Json length = tokenizer_.file_max_length() ? Json(*tokenizer_.file_max_length()) : Json();
  EXPECT_EQ(length, golden_["max_length"]);
}

INSTANTIATE_TEST_SUITE_P(All, GoldenTokenizer, testing::ValuesIn(test::golden_tokenizer_names()),
                         [](const auto& name) { return name.param; });

}  // namespace
}  // namespace jnlp
