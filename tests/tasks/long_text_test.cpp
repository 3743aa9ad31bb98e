// Texts of a megabyte and more: results that do not depend on the grouping of windows, memory that
// does not grow with their number, and texts that are no texts.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "golden_model.h"
#include "tasks/embedder.h"
#include "tasks/question_answerer.h"
#include "tasks/text_classifier.h"
#include "tasks/token_classifier.h"

namespace jnlp {
namespace {

constexpr size_t kMegabyte = 1'000'000;

std::string repeated(const std::string& unit) {
  std::string text;
  while (text.size() < kMegabyte) text += unit;
  return text;
}

// One word, white space, and a character that BERT's tokenizer drops.
const std::map<std::string, std::string>& odd_texts() {
  static const std::map<std::string, std::string> texts = {{"one word", repeated("a")},
                                                           {"white space", repeated(" \t\n\r")},
                                                           {"NUL", repeated(std::string(1, '\0'))}};
  return texts;
}

void expect_equal(const std::vector<Entity>& a, const std::vector<Entity>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].label, b[i].label);
    EXPECT_EQ(a[i].score, b[i].score);
    EXPECT_EQ(a[i].span, b[i].span);
    EXPECT_EQ(a[i].index, b[i].index);
  }
}

TEST(LongText, EntitiesDoNotDependOnTheGroupsOfWindows) {
  TokenClassifier classifier(test::golden_model("ner_wordpiece"));
  const std::vector<std::string> texts = {test::long_text(40), test::long_text(1500), "",
                                          test::long_text(3)};
  for (const Aggregation aggregation : {Aggregation::none, Aggregation::first}) {
    const auto one = classifier.run(
        texts, {.aggregation = aggregation, .batch = {.max_sequences = 1, .max_tokens = 1}});
    EXPECT_GT(one[1].entities.size(), 500U);
    for (const int64_t group : {2, 7, 4096}) {
      const auto many =
          classifier.run(texts, {.aggregation = aggregation,
                                 .batch = {.max_sequences = group, .max_tokens = group * 48}});
      for (size_t i = 0; i < texts.size(); ++i) {
        EXPECT_EQ(many[i].windows, one[i].windows);
        EXPECT_EQ(many[i].tokens, one[i].tokens);
        expect_equal(many[i].entities, one[i].entities);
      }
    }
  }
}

TEST(LongText, AnswersDoNotDependOnTheGroupsOfWindows) {
  QuestionAnswerer answerer(test::golden_model("qa"));
  const std::vector<QuestionContext> inputs = {{"Who?", test::long_text(50)},
                                               {"Which harbour is old?", test::long_text(2000)},
                                               {"Who?", "Ann."}};
  for (const auto kind : {AnswerNormalization::joint, AnswerNormalization::window}) {
    AnswerOptions options = {.top_k = 5, .handle_impossible_answer = true, .normalization = kind};
    options.batch = {.max_sequences = 1};
    const auto one = answerer.run(inputs, options);
    EXPECT_GT(one[1].windows, 50);
    for (const int64_t group : {2, 7, 4096}) {
      options.batch = {.max_sequences = group, .max_tokens = group * 96};
      const auto many = answerer.run(inputs, options);
      for (size_t i = 0; i < inputs.size(); ++i) {
        EXPECT_EQ(many[i].windows, one[i].windows);
        EXPECT_EQ(many[i].tokens, one[i].tokens);
        ASSERT_EQ(many[i].answers.size(), one[i].answers.size());
        for (size_t k = 0; k < one[i].answers.size(); ++k) {
          EXPECT_EQ(many[i].answers[k].span, one[i].answers[k].span);
          EXPECT_EQ(many[i].answers[k].score, one[i].answers[k].score);
        }
      }
    }
  }
}

TEST(LongText, WordLabelsDoNotDependOnTheGroupsOfWindows) {
  TokenClassifier classifier(test::golden_model("ner_wordpiece"));
  std::vector<std::vector<std::string>> sentences(3);
  for (int i = 0; i < 600; ++i) sentences[1].push_back(i % 3 == 0 ? "harbour" : "Lisbon");
  sentences[2] = {"Maria", "Silva"};
  const auto one = classifier.tag_words(sentences, {.batch = {.max_sequences = 1}});
  const auto many = classifier.tag_words(sentences, {.batch = {.max_sequences = 5}});
  for (size_t i = 0; i < sentences.size(); ++i) {
    EXPECT_EQ(one[i].labels, many[i].labels);
    EXPECT_EQ(one[i].scores, many[i].scores);
    EXPECT_EQ(one[i].windows, many[i].windows);
  }
}

// Nine scores per token, kept until the end, would be 7 MB and more.
TEST(LongText, ScoresOfAllWindowsAreNeverHeldAtOnce) {
  if (::mallinfo2().uordblks == 0) GTEST_SKIP() << "this allocator does not count its memory";
  TokenClassifier classifier(test::golden_model("ner_wordpiece"));
  TagOptions options;
  for (const std::string& label : classifier.labels()) {
    options.ignore_labels.push_back(label.substr(label.find('-') + 1));
  }
  size_t first = 0;
  size_t most = 0;
  int64_t last_done = 0;
  options.progress = [&](int64_t done, int64_t total) {
    EXPECT_EQ(done, ++last_done);
    EXPECT_LE(done, total);
    if (done == 100) first = ::mallinfo2().uordblks;
    if (done >= 100 && done % 100 == 0) most = std::max(most, ::mallinfo2().uordblks);
  };
  const std::vector<std::string> texts = {test::long_text(30'000)};
  const Entities result = classifier.run(texts, options)[0];
  EXPECT_EQ(result.windows, last_done);
  EXPECT_GT(result.tokens, 200'000);
  EXPECT_TRUE(result.entities.empty());
  EXPECT_LE(most, first + kMegabyte / 2);
}

TEST(LongText, EntitiesOfAMegabyteThatIsNoText) {
  TokenClassifier classifier(test::golden_model("ner_wordpiece"));
  for (const auto& [name, text] : odd_texts()) {
    const std::vector<std::string> texts = {text};
    const Entities result = classifier.run(texts, {.ignore_labels = {}})[0];
    EXPECT_EQ(result.windows, 1) << name;
    ASSERT_EQ(result.entities.size(), name == "one word" ? 1U : 0U) << name;
    if (name == "one word") {
      EXPECT_EQ(result.entities[0].span, (TextSpan{0, kMegabyte}));
    }
  }
}

// Byte BPE has a token for each byte of these texts.
TEST(LongText, EntitiesOfManyTokensWithoutWords) {
  TokenClassifier classifier(test::golden_model("ner_bpe"));
  for (const auto& [name, text] : odd_texts()) {
    const std::vector<std::string> texts = {text.substr(0, kMegabyte / 10)};
    const TagOptions options = {.aggregation = Aggregation::none, .ignore_labels = {}};
    const Entities result = classifier.run(texts, options)[0];
    EXPECT_GT(result.windows, 500) << name;
    ASSERT_FALSE(result.entities.empty()) << name;
    EXPECT_EQ(result.entities.back().index, static_cast<int64_t>(result.entities.size())) << name;
    EXPECT_EQ(result.entities.back().span.end, texts[0].size()) << name;
  }
}

TEST(LongText, AnswersInAMegabyteThatIsNoText) {
  QuestionAnswerer answerer(test::golden_model("qa"));
  const auto ask = [&](const std::string& name) {
    const std::vector<QuestionContext> inputs = {{"Who?", odd_texts().at(name)}};
    return answerer.run(inputs)[0].answers;
  };
  const auto answers = ask("one word");
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].span, (TextSpan{0, kMegabyte}));
  EXPECT_TRUE(ask("NUL").empty());
  EXPECT_THROW(ask("white space"), Error);
}

TEST(LongText, LabelsAndVectorsOfAMegabyteThatIsNoText) {
  TextClassifier classifier(test::golden_model("classify_softmax"));
  Embedder embedder(test::golden_model("embed"));
  for (const auto& [name, text] : odd_texts()) {
    const std::vector<std::string> texts = {text, ""};
    const int64_t tokens = name == "one word" ? 3 : 2;  // with the two special ones
    const auto classified = classifier.run(texts);
    EXPECT_EQ(classified[0].tokens, tokens) << name;
    EXPECT_FALSE(classified[0].truncated) << name;
    const auto embedded = embedder.run(texts);
    EXPECT_EQ(embedded[0].tokens, tokens) << name;
    EXPECT_EQ(embedded[0].values == embedded[1].values, tokens == 2) << name;
  }
}

}  // namespace
}  // namespace jnlp
