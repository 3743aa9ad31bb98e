#include "tasks/token_classifier.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"
#include "cli/load_model.h"
#include "golden_model.h"
#include "support/paths.h"

namespace jnlp {
namespace {

TagOptions tag_options(const Json& golden) {
  TagOptions options;
  options.aggregation = aggregation_from_name(golden["aggregation"].get<std::string>());
  options.ignore_labels = golden["ignore"].get<std::vector<std::string>>();
  if (golden["stride"].is_number()) options.stride = golden["stride"];
  return options;
}

// Expected entities are [label, score, start, end] and, without aggregation, the index.
void expect_equal(const Entities& result, const Json& expected, const std::string& text,
                  const std::string& what) {
  const CodePointIndex index(text);
  ASSERT_EQ(result.entities.size(), expected.size()) << what;
  for (size_t i = 0; i < expected.size(); ++i) {
    const Entity& entity = result.entities[i];
    EXPECT_EQ(entity.label, expected[i][0]) << what << ", entity " << i;
    EXPECT_NEAR(entity.score, expected[i][1].get<float>(), 1e-5) << what << ", entity " << i;
    EXPECT_EQ(index.code_point_offset(entity.span.begin), expected[i][2]) << what;
    EXPECT_EQ(index.code_point_offset(entity.span.end), expected[i][3]) << what;
    if (expected[i].size() > 4) {
      EXPECT_EQ(entity.index, expected[i][4]) << what;
    }
  }
}

TEST(TokenClassifier, EqualsTransformersPipeline) {
  size_t entities = 0;
  for (const Json& golden : test::golden_cases("ner")) {
    TokenClassifier classifier(test::golden_model(golden["model"]));
    const auto texts = golden["texts"].get<std::vector<std::string>>();
    const auto results = classifier.run(texts, tag_options(golden));
    ASSERT_EQ(results.size(), texts.size());
    for (size_t i = 0; i < texts.size(); ++i) {
      const std::string what = golden["model"].get<std::string>() + " " +
                               golden["aggregation"].get<std::string>() + ": " + texts[i];
      expect_equal(results[i], golden["expected"][i], texts[i], what);
      entities += results[i].entities.size();
    }
  }
  EXPECT_GT(entities, 1000U);
}

TEST(TokenClassifier, TagsWordsByTheirFirstToken) {
  for (const Json& golden : test::golden_cases("ner_words")) {
    TokenClassifier classifier(test::golden_model(golden["model"]));
    const auto sentences = golden["sentences"].get<std::vector<std::vector<std::string>>>();
    const auto results = classifier.tag_words(sentences);
    ASSERT_EQ(results.size(), sentences.size());
    for (size_t i = 0; i < sentences.size(); ++i) {
      EXPECT_EQ(Json(results[i].labels), golden["expected"][i]) << Json(sentences[i]);
      EXPECT_EQ(results[i].scores.size(), sentences[i].size());
    }
  }
}

TEST(TokenClassifier, TagsEveryWordOfALongSentence) {
  TokenClassifier classifier(test::golden_model("ner_wordpiece"));
  std::vector<std::string> words;
  for (int i = 0; i < 500; ++i) words.push_back(i % 3 == 0 ? "harbour" : "Lisbon");
  const std::vector<std::vector<std::string>> sentences = {words, {}, {"Lisbon"}};
  const auto results = classifier.tag_words(sentences);
  EXPECT_GT(results[0].windows, 10);
  ASSERT_EQ(results[0].labels.size(), 500U);
  for (const float score : results[0].scores) EXPECT_GT(score, 0.1F);
  EXPECT_TRUE(results[1].labels.empty());
  EXPECT_EQ(results[2].labels.size(), 1U);
}

TEST(TokenClassifier, ReportsEachTokenOfALongTextOnce) {
  TokenClassifier classifier(test::golden_model("ner_wordpiece"));
  const std::vector<std::string> texts = {test::long_text(200)};
  const auto result =
      classifier.run(texts, {.aggregation = Aggregation::none, .ignore_labels = {}})[0];
  EXPECT_GT(result.windows, 10);
  ASSERT_GT(result.entities.size(), 500U);
  uint32_t end = 0;
  for (size_t i = 0; i < result.entities.size(); ++i) {
    const Entity& entity = result.entities[i];
    EXPECT_EQ(entity.index, static_cast<int64_t>(i) + 1);
    EXPECT_GE(entity.span.begin, end);
    end = entity.span.end;
    EXPECT_EQ(entity.text, texts[0].substr(entity.span.begin, end - entity.span.begin));
  }
  EXPECT_EQ(end, texts[0].find_last_not_of(' ') + 1);
}

// The last window comes first from such a tokenizer.
TEST(TokenClassifier, ReadsTextsThatTheTokenizerCutsOnTheLeft) {
  const test::TemporaryDir directory;
  const auto model = directory.path() / "model";
  std::filesystem::copy(test::test_file("golden/tasks/ner_wordpiece"), model);
  Json tokenizer = read_json_file(model / "tokenizer.json");
  tokenizer["truncation"] = {
      {"direction", "Left"}, {"max_length", 48}, {"strategy", "LongestFirst"}, {"stride", 0}};
  write_file(model / "tokenizer.json", tokenizer.dump());
  TokenClassifier classifier(load_model(model.string(), std::make_shared<ThreadPool>(1)));
  const std::vector<std::string> texts = {test::long_text(100)};
  const auto result =
      classifier.run(texts, {.aggregation = Aggregation::none, .ignore_labels = {}})[0];
  EXPECT_GT(result.windows, 5);
  uint32_t end = 0;
  for (size_t i = 0; i < result.entities.size(); ++i) {
    EXPECT_EQ(result.entities[i].index, static_cast<int64_t>(i) + 1);
    EXPECT_GE(result.entities[i].span.begin, end);
    end = result.entities[i].span.end;
  }
  EXPECT_EQ(end, texts[0].find_last_not_of(' ') + 1);
}

TEST(TokenClassifier, GivesTheSameBitsInEveryBatch) {
  TokenClassifier classifier(test::golden_model("ner_wordpiece"));
  std::vector<std::string> texts;
  for (size_t i = 0; i < 12; ++i) texts.push_back(test::long_text(i * 5));
  const auto together = classifier.run(texts);
  const auto alone = classifier.run(texts, {.batch = {.max_sequences = 1}});
  for (size_t i = 0; i < texts.size(); ++i) {
    ASSERT_EQ(together[i].entities.size(), alone[i].entities.size());
    for (size_t k = 0; k < together[i].entities.size(); ++k) {
      EXPECT_EQ(together[i].entities[k].score, alone[i].entities[k].score);
      EXPECT_EQ(together[i].entities[k].span, alone[i].entities[k].span);
    }
  }
}

TEST(TokenClassifier, RefusesWhatItCannotDo) {
  TokenClassifier classifier(test::golden_model("ner_wordpiece"));
  const std::vector<std::string> text = {test::long_text(100)};
  EXPECT_THROW(classifier.run(text, {.stride = 48}), Error);
  EXPECT_THROW(classifier.run(text, {.stride = 46}), Error);
  EXPECT_THROW(classifier.run(text, {.max_length = 1000}), Error);
  EXPECT_THROW(TokenClassifier(test::golden_model("qa")), Error);
}

}  // namespace
}  // namespace jnlp
