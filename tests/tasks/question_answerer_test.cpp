#include "tasks/question_answerer.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/utf8.h"
#include "golden_model.h"

namespace jnlp {
namespace {

AnswerOptions answer_options(const Json& golden) {
  AnswerOptions options;
  options.normalization = AnswerNormalization::window;
  options.top_k = golden.value("top_k", 1);
  options.max_answer_length = golden.value("max_answer_len", 15);
  options.max_length = golden.value("max_seq_len", int64_t{0});
  options.doc_stride = golden.value("doc_stride", int64_t{-1});
  options.handle_impossible_answer = golden.value("handle_impossible_answer", false);
  options.align_to_words = golden.value("align_to_words", true);
  return options;
}

Answers answer(QuestionAnswerer& answerer, const Json& golden, const AnswerOptions& options) {
  const std::vector<QuestionContext> inputs = {{golden["question"], golden["context"]}};
  return answerer.run(inputs, options)[0];
}

TEST(QuestionAnswerer, EqualsTransformersPipeline) {
  QuestionAnswerer answerer(test::golden_model("qa"));
  size_t compared = 0;
  for (const Json& golden : test::golden_cases("qa")) {
    const std::string what = golden["options"].dump() + " " + golden["question"].dump() + " " +
                             golden["context"].dump().substr(0, 40);
    const Answers result = answer(answerer, golden, answer_options(golden["options"]));
    const CodePointIndex index(golden["context"].get<std::string>());
    const Json& expected = golden["expected"];
    ASSERT_EQ(result.answers.size(), expected.size()) << what;
    for (size_t i = 0; i < expected.size(); ++i, ++compared) {
      const Answer& got = result.answers[i];
      const auto score = expected[i]["score"].get<float>();
      EXPECT_EQ(got.text, expected[i]["answer"]) << what;
      EXPECT_NEAR(got.score, score, 1e-5 + 1e-4 * score) << what;
      EXPECT_EQ(index.code_point_offset(got.span.begin), expected[i]["start"]) << what;
      EXPECT_EQ(index.code_point_offset(got.span.end), expected[i]["end"]) << what;
    }
  }
  EXPECT_GT(compared, 80U);
}

TEST(QuestionAnswerer, RanksWindowsByLogitsAsRunSquad) {
  QuestionAnswerer answerer(test::golden_model("qa"));
  for (const Json& golden : test::golden_cases("qa_joint")) {
    AnswerOptions options;
    options.max_length = golden["max_seq_len"];
    options.doc_stride = golden["doc_stride"];
    options.align_to_words = false;
    const Answers result = answer(answerer, golden, options);
    const CodePointIndex index(golden["context"].get<std::string>());
    ASSERT_EQ(result.answers.size(), 1U);
    EXPECT_EQ(result.windows, golden["windows"]);
    const auto score = golden["score"].get<float>();
    EXPECT_NEAR(result.answers[0].score, score, 1e-4 * score) << golden["question"];
    EXPECT_EQ(index.code_point_offset(result.answers[0].span.begin), golden["start"]);
    EXPECT_EQ(index.code_point_offset(result.answers[0].span.end), golden["end"]);
  }
}

TEST(QuestionAnswerer, NormalizationsAgreeOnOneWindow) {
  QuestionAnswerer answerer(test::golden_model("qa"));
  const std::vector<QuestionContext> inputs = {{"Who did it?", "Ann did it in the harbour."}};
  const AnswerOptions joint = {.top_k = 5, .handle_impossible_answer = true};
  AnswerOptions window = joint;
  window.normalization = AnswerNormalization::window;
  const auto a = answerer.run(inputs, joint)[0].answers;
  const auto b = answerer.run(inputs, window)[0].answers;
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].text, b[i].text);
    EXPECT_EQ(a[i].score, b[i].score);
  }
}

TEST(QuestionAnswerer, ReadsLongContextsToTheEnd) {
  QuestionAnswerer answerer(test::golden_model("qa"));
  const std::vector<QuestionContext> inputs = {{"Who?", test::long_text(20000)}};
  const Answers result = answerer.run(inputs, {.top_k = 3})[0];
  EXPECT_GT(result.windows, 500);
  ASSERT_EQ(result.answers.size(), 3U);
  float sum = 0;
  for (const Answer& found : result.answers) {
    EXPECT_EQ(found.text,
              inputs[0].context.substr(found.span.begin, found.span.end - found.span.begin));
    sum += found.score;
  }
  EXPECT_GT(sum, 0.0F);
  EXPECT_LE(sum, 1.0F);
}

TEST(QuestionAnswerer, RefusesWhatCannotBeAnswered) {
  QuestionAnswerer answerer(test::golden_model("qa"));
  const auto run = [&](const std::string& question, const std::string& context,
                       const AnswerOptions& options = {}) {
    const std::vector<QuestionContext> inputs = {{question, context}};
    return answerer.run(inputs, options);
  };
  EXPECT_THROW(run("", "context"), Error);
  EXPECT_THROW(run("question", " \n"), Error);
  EXPECT_THROW(run(test::long_text(60), "context"), Error);
  EXPECT_THROW(run("question", "context", {.top_k = 0}), Error);
  EXPECT_THROW(run("question", "context", {.max_answer_length = 0}), Error);
  EXPECT_THROW(run("question", "context", {.max_length = 97}), Error);
  EXPECT_THROW(run("question", "context", {.doc_stride = 96}), Error);
  EXPECT_THROW(QuestionAnswerer(test::golden_model("classify_softmax")), Error);
}

TEST(QuestionAnswerer, HasNoAnswerInAContextWithoutWords) {
  QuestionAnswerer answerer(test::golden_model("qa"));
  const std::vector<QuestionContext> inputs = {{"Who?", "\u200b\u200b"}};
  EXPECT_TRUE(answerer.run(inputs)[0].answers.empty());
}

}  // namespace
}  // namespace jnlp
