#include "tasks/text_classifier.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "golden_model.h"

namespace jnlp {
namespace {

ClassifyOptions classify_options(const Json& golden) {
  ClassifyOptions options;
  options.top_k = golden["top_k"];
  if (golden["function"].is_string()) {
    options.function = score_function_from_name(golden["function"].get<std::string>());
  }
  return options;
}

void expect_equal(const Classification& result, const Json& expected, const std::string& text) {
  ASSERT_EQ(result.labels.size(), expected.size()) << text;
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(result.labels[i].label, expected[i]["label"]) << text;
    EXPECT_NEAR(result.labels[i].score, expected[i]["score"].get<float>(), 1e-5) << text;
  }
}

TEST(TextClassifier, EqualsTransformersPipeline) {
  size_t compared = 0;
  for (const Json& golden : test::golden_cases("classify")) {
    TextClassifier classifier(test::golden_model(golden["model"]));
    std::vector<ClassifierInput> inputs;
    if (golden.contains("pairs")) {
      for (const Json& pair : golden["pairs"]) {
        inputs.push_back({pair["text"], pair["text_pair"].get<std::string>()});
      }
    } else {
      for (const Json& text : golden["texts"]) inputs.push_back({text, std::nullopt});
    }
    const auto results = classifier.run(inputs, classify_options(golden));
    ASSERT_EQ(results.size(), inputs.size());
    for (size_t i = 0; i < results.size(); ++i) {
      expect_equal(results[i], golden["expected"][i], inputs[i].text);
      ++compared;
    }
  }
  EXPECT_GT(compared, 150U);
}

TEST(TextClassifier, MarksWhatIsCut) {
  TextClassifier classifier(test::golden_model("classify_softmax"));
  const std::vector<std::string> texts = {"short", test::long_text(100), ""};
  const auto results = classifier.run(texts);
  EXPECT_FALSE(results[0].truncated);
  EXPECT_TRUE(results[1].truncated);
  EXPECT_EQ(results[1].tokens, 48);  // model_max_length of the golden tokenizer
  EXPECT_FALSE(results[2].truncated);
  EXPECT_EQ(results[2].tokens, 2);
  const auto shorter = classifier.run(texts, {.max_length = 8});
  EXPECT_EQ(shorter[1].tokens, 8);
}

TEST(TextClassifier, RefusesWhatMayNotBeCut) {
  TextClassifier classifier(test::golden_model("classify_softmax"));
  const std::vector<std::string> texts = {"short", test::long_text(100)};
  EXPECT_THROW(classifier.run(texts, {.truncate = false}), Error);
  const auto fits = classifier.run(std::span(texts).first(1), {.truncate = false});
  EXPECT_FALSE(fits[0].truncated);
}

TEST(TextClassifier, CutsTheEndThatItIsTold) {
  TextClassifier classifier(test::golden_model("classify_softmax"));
  const std::vector<std::string> texts = {test::long_text(100), test::long_text(100) + " the end"};
  const auto score = [&](TruncationDirection direction, size_t i) {
    return classifier.run(texts, {.direction = direction})[i].labels[0].score;
  };
  EXPECT_EQ(score(TruncationDirection::right, 0), score(TruncationDirection::right, 1));
  EXPECT_NE(score(TruncationDirection::left, 0), score(TruncationDirection::left, 1));
}

TEST(TextClassifier, GivesTheSameBitsInEveryBatch) {
  TextClassifier classifier(test::golden_model("classify_softmax"));
  std::vector<std::string> texts;
  for (size_t i = 0; i < 40; ++i) texts.push_back(test::long_text(i % 13));
  const auto together = classifier.run(texts, {.top_k = 0});
  for (const int64_t size : {1, 3, 7}) {
    const auto other = classifier.run(texts, {.top_k = 0, .batch = {.max_sequences = size}});
    for (size_t i = 0; i < texts.size(); ++i) {
      for (size_t k = 0; k < together[i].labels.size(); ++k) {
        EXPECT_EQ(together[i].labels[k].score, other[i].labels[k].score);
        EXPECT_EQ(together[i].labels[k].label, other[i].labels[k].label);
      }
    }
  }
}

TEST(TextClassifier, RefusesWhatItCannotDo) {
  TextClassifier classifier(test::golden_model("classify_softmax"));
  const std::vector<std::string> text = {"text"};
  EXPECT_THROW(classifier.run(text, {.top_k = -1}), Error);
  EXPECT_THROW(classifier.run(text, {.max_length = 49}), Error);
  EXPECT_THROW(classifier.run(text, {.max_length = -1}), Error);
  const std::vector<std::string> damaged = {"caf\xE9"};
  EXPECT_THROW(classifier.run(damaged), Error);
  EXPECT_THROW(TextClassifier(test::golden_model("ner_wordpiece")), Error);
}

TEST(TextClassifier, RefusesAWrongNumberOfLabels) {
  LoadedModel model = test::golden_model("classify_softmax");
  model.config["id2label"] = {{"0", "bad"}, {"1", "good"}};
  EXPECT_THROW(TextClassifier(std::move(model)), Error);
}

}  // namespace
}  // namespace jnlp
