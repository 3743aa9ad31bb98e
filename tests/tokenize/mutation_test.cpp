#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "tokenize/tokenizer_fixture.h"

// Damaged tokenizer.json files: each either loads and works or gives an Error. Anything else
// (another exception, a crash, a sanitizer's report) is a fault. JNLP_FUZZ_ROUNDS asks for more of
// them.

namespace jnlp {
namespace {

using test::golden_tokenizer;
using test::repeated;

size_t rounds() {
  const char* wanted = std::getenv("JNLP_FUZZ_ROUNDS");
  return wanted == nullptr ? 12 : std::strtoull(wanted, nullptr, 10);
}

uint32_t first_seed() {
  const char* wanted = std::getenv("JNLP_FUZZ_SEED");
  return wanted == nullptr ? 1 : static_cast<uint32_t>(std::strtoul(wanted, nullptr, 10));
}

const std::vector<std::string>& probe_texts() {
  static const std::vector<std::string> texts = {"", " ",
                                                 "the quick [MASK] fox's  é\u0301 中文 <s>12</s>\n",
                                                 repeated("a", 300), "▁New York word 🇩🇪"};
  return texts;
}

// Runs what can be run; only Error may come out.
void try_out(const std::string& file) {
  try {
    const Tokenizer tokenizer = test::load_tokenizer(file);
    for (const std::string& text : probe_texts()) {
      try {
        const Encoding encoding = tokenizer.encode(text);
        tokenizer.decode(encoding.ids, false);
        EncodeOptions options;
        options.max_length = 9;
        options.stride = 2;
        tokenizer.encode_windows(text, "a pair", options);
      } catch (const Error&) {
      }
    }
  } catch (const Error&) {
  }
}

class Mutator {
 public:
  explicit Mutator(uint32_t seed) : random_(seed) {}

  std::string damage_bytes(std::string text) {
    for (size_t i = below(4) + 1; i > 0 && !text.empty(); --i) {
      const size_t at = below(text.size());
      switch (below(5)) {
        case 0:
          text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
          break;
        case 1:
          text.erase(at, below(30) + 1);
          break;
        case 2:
          text.insert(at, text.substr(below(text.size()), below(30) + 1));
          break;
        case 3:
          text[at] = "{}[]\",:0-e\\"[below(11)];
          break;
        default:
          if (below(10) == 0) text.resize(at);
      }
    }
    return text;
  }

  // Replaces a value anywhere outside of the vocabulary's mass, or one inside of it.
  void damage_values(Json* json) {
    for (size_t i = below(3) + 1; i > 0; --i) {
      std::vector<Json*> places;
      collect(json, &places);
      Json* place = places[below(places.size())];
      *place = below(4) == 0 ? *places[below(places.size())] : odd_value();
    }
  }

 private:
  size_t below(size_t limit) { return random_() % limit; }

  void collect(Json* json, std::vector<Json*>* places) {
    places->push_back(json);
    const size_t step = json->size() > 40 ? json->size() / 20 : 1;
    size_t i = 0;
    for (Json& child : *json) {
      if (json->is_structured() && i++ % step == 0) collect(&child, places);
    }
  }

  Json odd_value() {
    const std::vector<Json> values = {nullptr,
                                      true,
                                      false,
                                      -1,
                                      0,
                                      1,
                                      2147483647,
                                      2147483648,
                                      18446744073709551615U,
                                      -9223372036854775807,
                                      1e308,
                                      0.5,
                                      "",
                                      "a",
                                      "\u0301",
                                      " ",
                                      "(a*)*b",
                                      "[",
                                      "Regex",
                                      "Sequence",
                                      "Always",
                                      repeated("x", 20'000),
                                      Json::array(),
                                      Json::object(),
                                      Json::array({1, "a"}),
                                      {{"type", "NFC"}},
                                      {{"String", ""}},
                                      {{"Regex", "(?:a?){99}"}},
                                      {{"Regex", ""}},
                                      {{"type", "ByteLevel"}}};
    return values[below(values.size())];
  }

  std::mt19937 random_;
};

class Mutated : public testing::TestWithParam<std::string> {};

TEST_P(Mutated, GivesAnErrorOrATokenizer) {
  const Json original = golden_tokenizer(GetParam())["tokenizer"];
  const std::string text = dump_json(original);
  for (size_t round = 0; round < rounds(); ++round) {
    Mutator mutator(first_seed() + static_cast<uint32_t>(round));
    try_out(mutator.damage_bytes(text));
    Json changed = original;
    mutator.damage_values(&changed);
    try_out(dump_json(changed));
  }
}

INSTANTIATE_TEST_SUITE_P(All, Mutated, testing::ValuesIn(test::golden_tokenizer_names()),
                         [](const auto& name) { return name.param; });

std::string with_part(const char* part, const std::string& value) {
  Json file = golden_tokenizer("model_wordpiece")["tokenizer"];
  file[part] = "HERE";
  std::string text = dump_json(file);
  text.replace(text.find("\"HERE\""), 6, value);
  return text;
}

TEST(HostileFile, DeepNestingIsAnError) {
  const std::string open = R"({"type":"Sequence","normalizers":[)";
  for (const size_t depth : {100U, 249U, 1000U, 100'000U}) {
    try_out(with_part("normalizer", repeated(open, depth) + repeated("]}", depth)));
    try_out(with_part("decoder", repeated("[", depth) + repeated("]", depth)));
    try_out(with_part("post_processor", repeated(R"({"type":"Sequence","processors":[)", depth) +
                                            repeated("]}", depth)));
    try_out(with_part("pre_tokenizer", repeated(R"({"type":"Sequence","pretokenizers":[)", depth) +
                                           repeated("]}", depth)));
  }
  EXPECT_THROW(test::load_tokenizer(with_part("normalizer", repeated(open, 100'000))), Error);
}

// The scanner of the vocabulary once kept a view of a name that was gone.
TEST(HostileFile, ErrorsNameThePlace) {
  for (const auto& [model, place] : std::vector<std::pair<std::string, std::string>>{
           {R"({"type":"Unigram","vocab":[["a",0.5],["b" 1]],"unk_id":0})", "model.vocab"},
           {R"({"type":"WordLevel","vocab":{"a":0.5},"unk_token":"a"})", "model.vocab"},
           {R"({"type":"BPE","vocab":{"a":0},"merges":[["a" "a"]]})", "model.merges"},
           {R"({"type":"BPE","vocab":{"a":0},"merges":[["a","b"]]})", "\"b\""}}) {
    try {
      test::load_tokenizer(with_part("model", model));
      FAIL() << model;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(place), std::string::npos) << error.what();
    }
  }
}

TEST(HostileFile, EmptyVocabulariesAnswerOrFail) {
  for (
      const char* model :
      {R"({"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{}})",
       R"({"type":"BPE","vocab":{},"merges":[]})", R"({"type":"Unigram","vocab":[],"unk_id":null})",
       R"({"type":"WordLevel","vocab":{},"unk_token":"x"})"}) {
    try_out(with_part("model", model));
  }
}

// Merges whose result is one of their own parts, or that lead back to where they came from.
TEST(HostileFile, CyclicMergesEnd) {
  const Tokenizer tokenizer = test::load_tokenizer(
      R"({"version":"1.0","model":{"type":"BPE","vocab":{"a":0,"aa":1,"b":2,"ab":3,"aab":4,"ba":5},)"
      R"("merges":[["a","a"],["aa","b"],["a","b"],["b","a"],["a","a"]]}})");
  const std::string text = repeated("ab", 50'000) + repeated("a", 50'000);
  EXPECT_GT(tokenizer.encode(text).size(), 1000U);
}

TEST(HostileFile, GrowthIsBounded) {
  std::string grow =
      R"({"type":"Replace","pattern":{"String":"a"},"content":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})";
  std::string list = grow;
  for (int i = 0; i < 11; ++i) list += "," + grow;
  const Tokenizer tokenizer = test::load_tokenizer(
      with_part("normalizer", R"({"type":"Sequence","normalizers":[)" + list + "]}"));
  EXPECT_THROW(tokenizer.encode("a"), Error);
}

TEST(HostileFile, TooLongATokenIsAnError) {
  EXPECT_THROW(
      test::load_tokenizer(R"({"version":"1.0","model":{"type":"BPE","merges":[],"vocab":{")" +
                           repeated("a", 100'000) + R"(":0}}})"),
      Error);
}

TEST(HostileFile, TemplatesThatRepeatLongListsAreErrors) {
  std::string ids = "0";
  for (int i = 0; i < 3000; ++i) ids += ",0";
  std::string pieces = R"({"SpecialToken":{"id":"x","type_id":0}})";
  const std::string piece = pieces;
  for (int i = 0; i < 3000; ++i) pieces += "," + piece;
  const std::string post = R"({"type":"TemplateProcessing","single":[)" + pieces +
                           R"(],"pair":[],"special_tokens":{"x":{"id":"x","ids":[)" + ids +
                           R"(],"tokens":[]}}})";
  EXPECT_THROW(test::load_tokenizer(with_part("post_processor", post)), Error);
}

}  // namespace
}  // namespace jnlp
