#include <string>
#include <vector>

#include "chat_model.h"

namespace jnlp {
namespace {

using Prefix = test::WithChatModel;

using test::kCounting;

TEST_F(Prefix, TheSamePromptIsReadOnce) {
  const Generation first = generate(kCounting, 12);
  const Generation second = generate(kCounting, 12);
  EXPECT_EQ(second.stats.prompt_tokens, first.stats.prompt_tokens);
  EXPECT_EQ(second.stats.reused_tokens, first.stats.prompt_tokens - 1);
  EXPECT_EQ(second.text, first.text);
}

TEST_F(Prefix, WhatWasGeneratedIsPartOfIt) {
  const Generation first = generate(kCounting, 12);
  const std::string longer = kCounting + first.text;
  const Generation reused = generate(longer, 12);
  EXPECT_GE(reused.stats.reused_tokens, first.stats.prompt_tokens + 8);
  EXPECT_LT(reused.stats.reused_tokens, reused.stats.prompt_tokens);
  model_->forget();
  const Generation fresh = generate(longer, 12);
  EXPECT_EQ(fresh.stats.reused_tokens, 0);
  EXPECT_EQ(fresh.text, reused.text);
  EXPECT_TRUE(fresh.text.find("three") != std::string::npos) << fresh.text;
}

TEST_F(Prefix, ADifferentEndIsReadAnew) {
  generate(std::string(kCounting) + " three, four, five", 4);
  const Generation reused = generate(kCounting, 12);
  EXPECT_EQ(reused.stats.reused_tokens, reused.stats.prompt_tokens - 1);
  model_->forget();
  EXPECT_EQ(generate(kCounting, 12).text, reused.text);
}

TEST_F(Prefix, ADifferentBeginningLeavesNothing) {
  generate(kCounting, 4);
  EXPECT_EQ(generate("two, three, four", 4).stats.reused_tokens, 0);
}

TEST_F(Prefix, TheSecondTurnOfAChatReadsOnlyWhatIsNew) {
  std::string system = "You are a helpful assistant.";
  for (int i = 0; i < 40; ++i) system += " Be brief and be friendly.";
  std::vector<ChatMessage> messages = {{"system", system}, {"user", "Say yes."}};
  const Generation first = model_->chat(messages, {.max_tokens = 8});
  messages.push_back({"assistant", first.text});
  messages.push_back({"user", "Say no."});
  const GenerationStats second = model_->chat(messages, {.max_tokens = 8}).stats;
  EXPECT_GE(second.reused_tokens, first.stats.prompt_tokens);
  EXPECT_LT(second.prompt_tokens - second.reused_tokens, 40);
}

// Words drawn letter by letter, in other tokens than those that their text is tokenized into.
GenerateOptions letters() {
  GenerateOptions options;
  options.max_tokens = 60;
  options.temperature = 5;
  options.top_k = 0;
  options.top_p = 1;
  options.min_p = 0;
  options.grammar = R"(root ::= "wonderful information everywhere")";
  return options;
}

TEST_F(Prefix, AnAnswerKeepsTheTokensThatItWasWrittenIn) {
  std::vector<ChatMessage> messages = {{"user", "Say it."}};
  const Generation first = model_->chat(messages, letters());
  ASSERT_EQ(first.text, "wonderful information everywhere");
  ASSERT_GT(first.stats.generated_tokens - 1, model_->count_tokens(first.text));
  messages.push_back({"assistant", first.text});
  messages.push_back({"user", "Say no."});
  const GenerationStats second = model_->chat(messages, {.max_tokens = 8}).stats;
  const int64_t written = first.stats.generated_tokens - 1;  // without the end of the text
  EXPECT_EQ(second.reused_tokens, first.stats.prompt_tokens + written);
  const std::string all = model_->apply_chat_template(messages);
  EXPECT_EQ(second.prompt_tokens,
            model_->count_tokens(all) + written - model_->count_tokens(first.text));
}

TEST_F(Prefix, ATextThatGoesOnInsideAnAnswerIsTokenizedAsAWhole) {
  const Generation first = model_->generate("It is", letters(), {});
  ASSERT_EQ(first.text, "wonderful information everywhere");
  const std::string longer = "It is" + first.text + "s and more";
  EXPECT_EQ(generate(longer, 0).stats.prompt_tokens, model_->count_tokens(longer));
}

TEST_F(Prefix, AnAnswerThatWasChangedOrForgottenIsTokenizedAnew) {
  std::vector<ChatMessage> messages = {{"user", "Say it."}};
  const Generation first = model_->chat(messages, letters());
  messages.push_back({"assistant", first.text + "!"});
  messages.push_back({"user", "Say no."});
  const std::string changed = model_->apply_chat_template(messages);
  EXPECT_EQ(generate(changed, 0).stats.prompt_tokens, model_->count_tokens(changed));
  messages[1].content = first.text;
  const std::string same = model_->apply_chat_template(messages);
  model_->forget();
  EXPECT_EQ(generate(same, 0).stats.prompt_tokens, model_->count_tokens(same));
}

}  // namespace
}  // namespace jnlp
