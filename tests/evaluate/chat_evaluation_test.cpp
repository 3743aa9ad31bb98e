// From questions to a report, with a fake model whose answers are known.
#include "evaluate/chat_evaluation.h"

#include <gtest/gtest.h>

#include <map>

#include "base/error.h"
#include "evaluate/evaluation_output.h"

namespace jnlp {
namespace {

ChatExample chat_question(const std::string& text, std::vector<std::string> answers,
                          const std::string& category = "") {
  ChatExample example;
  example.id = text;
  example.category = category;
  example.turns = {text};
  example.answers = std::move(answers);
  return example;
}

// Repeats the last turn; each turn read 10 tokens and wrote 5.
ChatReply echo(const ChatExample& example) {
  ChatReply reply;
  reply.text = example.turns.back();
  for (size_t i = 0; i < example.turns.size(); ++i) {
    GenerationStats stats;
    stats.prompt_tokens = 10;
    stats.reused_tokens = i == 0 ? 0 : 4;
    stats.generated_tokens = 5;
    stats.prefill_seconds = 0.5;
    stats.decode_seconds = 2;
    stats.first_token_seconds = 0.25;
    reply.turns.push_back(stats);
    reply.tokens += 15;
  }
  if (reply.text == "long") reply.finish_reason = FinishReason::max_tokens;
  return reply;
}

TEST(EvaluateChat, SharesOfRightAnswers) {
  TaskReport report;
  evaluate_chat({chat_question("Paris", {"paris", "Rome"}, "a"),
                 chat_question("Berlin", {"Rome"}, "a"), chat_question("long", {"long"}, "b")},
                echo, {}, &report);
  ASSERT_EQ(report.metrics.size(), 1U);
  EXPECT_EQ(report.metrics[0].key, "accuracy");
  EXPECT_DOUBLE_EQ(report.metrics[0].value, 2.0 / 3);
  EXPECT_LT(report.metrics[0].interval.low, 2.0 / 3);
  EXPECT_EQ(report.details["per_category"]["a"]["right"], 1);
  EXPECT_EQ(report.details["per_category"]["a"]["questions"], 2);
  EXPECT_EQ(report.details["answers_cut"], 1);
  EXPECT_EQ(report.predictions[1]["right"], false);
  EXPECT_EQ(report.performance.tokens, 45);
  EXPECT_EQ(report.performance.batch_size, 1);
}

TEST(EvaluateChat, SpeedOfTheLanguageModel) {
  ChatExample two = chat_question("a", {});
  two.turns = {"a", "b"};
  TaskReport report;
  evaluate_chat({two}, echo, {}, &report);
  ASSERT_TRUE(report.generation.has_value());
  EXPECT_EQ(report.generation->answers, 2);
  EXPECT_EQ(report.generation->prompt_tokens, 20);
  EXPECT_EQ(report.generation->reused_tokens, 4);
  EXPECT_DOUBLE_EQ(report.generation->prefill_tokens_per_second, 16);
  EXPECT_DOUBLE_EQ(report.generation->decode_tokens_per_second, 2);  // 2 x 4 in 2 x 2 seconds
  EXPECT_DOUBLE_EQ(report.generation->first_token_p50_ms, 250);
}

TEST(EvaluateChat, WithoutAnswersThereIsNoScoreAndThatIsSaid) {
  TaskReport report;
  report.task = "chat";
  report.dataset_name = "prompts";
  evaluate_chat({chat_question("a", {}), chat_question("b", {})}, echo, {}, &report);
  EXPECT_TRUE(report.metrics.empty());
  EXPECT_TRUE(report.predictions[0]["right"].is_null());
  EXPECT_NE(report.notes.back().find("only the speed"), std::string::npos);
  Evaluation evaluation;
  evaluation.tasks.push_back(report);
  const std::string text = evaluation_text(evaluation);
  EXPECT_NE(text.find("prompts"), std::string::npos);
  EXPECT_NE(text.find("first token after 250.0 ms"), std::string::npos);
  EXPECT_NE(evaluation_json(evaluation)["tasks"][0]["performance"]["generation"]["answers"], 0);
}

TEST(EvaluateChat, AFailureNamesTheSample) {
  TaskReport report;
  const auto fail = [](const ChatExample& /*example*/) -> ChatReply {
    throw Error(ErrorCode::invalid_input, "too long");
  };
  try {
    evaluate_chat({chat_question("a", {})}, fail, {}, &report);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "sample 1: too long");
  }
}

}  // namespace
}  // namespace jnlp
