#include <string>
#include <vector>

#include "base/error.h"
#include "base/utf8.h"
#include "chat_model.h"

namespace jnlp {
namespace {

constexpr const char* kPrompt = "Once upon a time, in a small village,";

class Generate : public test::WithChatModel {
 protected:
  // Without what is left from the call before: see kCounting.
  Generation fresh(const GenerateOptions& options, const GenerationHooks& hooks = {}) {
    model_->forget();
    return model_->generate(kPrompt, options, hooks);
  }
  Generation fresh(int64_t max_tokens) {
    GenerateOptions options;
    options.max_tokens = max_tokens;
    return fresh(options);
  }

  std::string fault(const std::string& prompt, const GenerateOptions& options = {}) {
    try {
      model_->generate(prompt, options, {});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_input) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return "";
  }
};

TEST_F(Generate, GreedyIsTheSameEachTime) {
  const Generation first = fresh(32);
  EXPECT_EQ(first.stats.generated_tokens, 32);
  EXPECT_EQ(first.finish_reason, FinishReason::max_tokens);
  EXPECT_GT(first.text.size(), 60U);
  const auto other = load_llama(*test::chat_model(), {.context_size = 1024, .threads = 1});
  GenerateOptions options;
  options.max_tokens = 32;
  EXPECT_EQ(other->generate(kPrompt, options, {}).text, first.text);
}

TEST_F(Generate, TheSeedDecidesWhatIsDrawn) {
  GenerateOptions options;
  options.max_tokens = 24;
  options.temperature = 1;
  options.seed = 1;
  const std::string one = fresh(options).text;
  EXPECT_EQ(fresh(options).text, one);
  options.seed = 2;
  EXPECT_NE(fresh(options).text, one);
}

TEST_F(Generate, OnlyTheLikeliestTokenIsGreedy) {
  GenerateOptions options;
  options.max_tokens = 24;
  options.temperature = 1;
  options.top_k = 1;
  EXPECT_EQ(fresh(options).text, fresh(24).text);
}

TEST_F(Generate, RepeatPenaltyEndsALoop) {
  const std::string loop = "again and again and again and again and again and again and";
  EXPECT_TRUE(generate(loop, 8).text.starts_with(" again and again"));
  GenerateOptions options;
  options.max_tokens = 8;
  options.repeat_penalty = 3;
  EXPECT_FALSE(model_->generate(loop, options, {}).text.starts_with(" again"));
}

TEST_F(Generate, ZeroTokensReadThePrompt) {
  const Generation nothing = fresh(0);
  EXPECT_EQ(nothing.text, "");
  EXPECT_EQ(nothing.finish_reason, FinishReason::max_tokens);
  EXPECT_EQ(nothing.stats.generated_tokens, 0);
  EXPECT_EQ(nothing.stats.prompt_tokens, model_->count_tokens(kPrompt));
  EXPECT_FALSE(nothing.stats.first_token_seconds.has_value());
}

TEST_F(Generate, StatsSayWhatWasDone) {
  const GenerationStats stats = fresh(8).stats;
  EXPECT_EQ(stats.prompt_tokens, model_->count_tokens(kPrompt));
  EXPECT_EQ(stats.reused_tokens, 0);
  EXPECT_EQ(stats.generated_tokens, 8);
  EXPECT_GT(stats.prefill_seconds, 0);
  EXPECT_GT(stats.decode_seconds, 0);
  ASSERT_TRUE(stats.first_token_seconds.has_value());
  EXPECT_GE(*stats.first_token_seconds, stats.prefill_seconds);
}

TEST_F(Generate, EndsBeforeAStopStringInsideTokens) {
  const std::string whole = fresh(40).text;
  // From the middle of a word to the middle of another.
  const std::string stop = whole.substr(whole.size() / 2, 9);
  GenerateOptions options;
  options.max_tokens = 40;
  options.stop = {"not in the text", stop};
  std::string streamed;
  const Generation cut =
      fresh(options, {.on_text = [&](std::string_view piece) { streamed += piece; }});
  EXPECT_EQ(cut.finish_reason, FinishReason::stop_string);
  EXPECT_EQ(cut.text, whole.substr(0, whole.find(stop)));
  EXPECT_EQ(streamed, cut.text);
  EXPECT_LT(cut.stats.generated_tokens, 40);
}

// A grammar with one text makes the model write characters that take several tokens.
TEST_F(Generate, StreamsWholeCharactersOfAGrammarsText) {
  const std::string text = "Grüße: 日本語 \xF0\x9F\x98\x80\xF0\x9F\xA6\x99!";
  GenerateOptions options;
  options.grammar = "root ::= \"" + text + "\"";
  std::vector<std::string> pieces;
  const Generation answer =
      fresh(options, {.on_text = [&](std::string_view piece) { pieces.emplace_back(piece); }});
  EXPECT_EQ(answer.text, text);
  EXPECT_EQ(answer.finish_reason, FinishReason::end_of_text);
  EXPECT_GT(answer.stats.generated_tokens, std::ssize(pieces)) << "no token was held back";
  std::string joined;
  for (const std::string& piece : pieces) {
    EXPECT_TRUE(is_valid_utf8(piece));
    EXPECT_FALSE(piece.empty());
    joined += piece;
  }
  EXPECT_EQ(joined, text);
}

TEST_F(Generate, CancelKeepsWhatThereIs) {
  const std::string whole = generate(test::kCounting, 40).text;
  model_->forget();
  int pieces = 0;
  GenerateOptions options;
  options.max_tokens = 40;
  const Generation cut = model_->generate(
      test::kCounting, options,
      {.on_text = [&](std::string_view) { ++pieces; }, .cancelled = [&] { return pieces >= 5; }});
  EXPECT_EQ(cut.finish_reason, FinishReason::cancelled);
  EXPECT_EQ(pieces, 5);
  EXPECT_EQ(cut.text, whole.substr(0, cut.text.size()));
  // What is in memory after it is of use.
  const Generation after = generate(test::kCounting, 40);
  EXPECT_GT(after.stats.reused_tokens, 0);
  EXPECT_EQ(after.text, whole);
}

TEST_F(Generate, CancelEndsTheReadingOfAPrompt) {
  const std::string whole = generate(test::kCounting, 16).text;
  std::string prompt = test::kCounting;
  for (int i = 0; i < 200; ++i) prompt += " word";
  int asked = 0;
  const Generation cut =
      model_->generate(prompt, {}, {.on_text = {}, .cancelled = [&] { return ++asked > 3; }});
  EXPECT_EQ(cut.finish_reason, FinishReason::cancelled);
  EXPECT_EQ(cut.stats.generated_tokens, 0);
  EXPECT_EQ(cut.text, "");
  EXPECT_EQ(generate(test::kCounting, 16).text, whole);
}

TEST_F(Generate, APromptLongerThanTheContextNamesBoth) {
  model_ = load_llama(*test::chat_model(), {.context_size = 64, .threads = 1});
  std::string prompt;
  for (int i = 0; i < 100; ++i) prompt += "word ";
  const std::string message = fault(prompt);
  EXPECT_NE(message.find(std::to_string(model_->count_tokens(prompt)) + " tokens"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("context 64"), std::string::npos) << message;
  EXPECT_EQ(fresh(4).stats.generated_tokens, 4) << "it is of no use any more";
}

TEST_F(Generate, EndsWhereTheContextEnds) {
  model_ = load_llama(*test::chat_model(), {.context_size = 64, .threads = 1});
  const Generation full = fresh(1000);
  EXPECT_EQ(full.finish_reason, FinishReason::context_full);
  // The last token was chosen, but could not be read.
  EXPECT_EQ(full.stats.prompt_tokens + full.stats.generated_tokens, 65);
}

TEST_F(Generate, WhatCannotBeAPromptIsSaid) {
  EXPECT_EQ(fault(""), "the prompt is empty");
  EXPECT_NE(fault("a\xFF").find("UTF-8"), std::string::npos);
}

TEST_F(Generate, WhatCannotBeAnOptionIsSaid) {
  EXPECT_NE(fault(kPrompt, {.temperature = -1}).find("temperature"), std::string::npos);
  EXPECT_NE(fault(kPrompt, {.grammar = "root ::= ("}).find("grammar"), std::string::npos);
  EXPECT_NE(fault(kPrompt, {.grammar = "other ::= \"a\""}).find("grammar"), std::string::npos);
}

}  // namespace
}  // namespace jnlp
