#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "backends/llama/llama_backend.h"
#include "base/error.h"
#include "chat_model.h"

namespace jnlp {
namespace {

// Texts in which the model has no doubt: how many sequences are computed at once changes the
// rounding, and so could change which of two nearly equal tokens comes.
const std::vector<std::string> kCertain = {
    "one, two, three, four, one, two, three, four, one, two,",
    "red, green, blue, red, green, blue, red, green, blue, red,",
    "A B C D E F G A B C D E F G A B C D E F G A B",
    "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday, Monday, Tuesday, Wednesday,",
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21",
    "yes no yes no yes no yes no yes no yes no yes no"};

class Pool : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::chat_model()) GTEST_SKIP() << "the chat model is not set up (tools/setup.sh llm)";
  }

  void load(int slots, int64_t context_size = 512) {
    pool_ =
        load_llama_pool(*test::chat_model(), {.context_size = context_size, .threads = 1}, slots);
  }

  std::future<Generation> submit(const std::string& prompt, int64_t max_tokens,
                                 GenerationHooks hooks = {}) {
    GenerateOptions options;
    options.max_tokens = max_tokens;
    return pool_->submit(prompt, options, std::move(hooks));
  }

  std::string fault(const std::string& prompt, const GenerateOptions& options = {}) {
    try {
      pool_->submit(prompt, options, {});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_input) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return "";
  }

  std::unique_ptr<TextGenerationPool> pool_;
};

std::string words(int count) {
  std::string text = "Words:";
  for (int i = 0; i < count; ++i) text += " word";
  return text;
}

TEST_F(Pool, TogetherTextsAreThoseOfEachAlone) {
  const auto alone = load_llama(*test::chat_model(), {.context_size = 512, .threads = 1});
  load(4);
  std::vector<std::future<Generation>> together;
  for (const std::string& prompt : kCertain) together.push_back(submit(prompt, 16));
  for (size_t i = 0; i < kCertain.size(); ++i) {
    const Generation expected = alone->generate(kCertain[i], {.max_tokens = 16}, {});
    const Generation answer = together[i].get();
    EXPECT_EQ(answer.text, expected.text) << kCertain[i];
    EXPECT_EQ(answer.finish_reason, expected.finish_reason);
    EXPECT_EQ(answer.stats.prompt_tokens, expected.stats.prompt_tokens);
    EXPECT_EQ(answer.stats.generated_tokens, expected.stats.generated_tokens);
    EXPECT_GE(answer.text.size(), 16U);
  }
}

TEST_F(Pool, EachRequestHasItsOwnOptions) {
  load(3);
  GenerateOptions drawn;
  drawn.max_tokens = 24;
  drawn.temperature = 1;
  drawn.seed = 7;
  GenerateOptions grammar;
  grammar.grammar = "root ::= \"forty-two\"";
  GenerateOptions stopped;
  stopped.stop = {" four"};
  auto first = pool_->submit(kCertain[0], drawn, {});
  auto second = pool_->submit(kCertain[0], grammar, {});
  auto third = pool_->submit(kCertain[0], stopped, {});
  EXPECT_EQ(first.get().stats.generated_tokens, 24);
  EXPECT_EQ(second.get().text, "forty-two");
  const Generation cut = third.get();
  EXPECT_EQ(cut.text, " three,");
  EXPECT_EQ(cut.finish_reason, FinishReason::stop_string);
}

TEST_F(Pool, PiecesJoinToTheText) {
  load(2);
  std::string one, other;
  auto first = submit(kCertain[0], 12, {.on_text = [&](auto piece) { one += piece; }});
  auto second = submit(kCertain[1], 12, {.on_text = [&](auto piece) { other += piece; }});
  EXPECT_EQ(first.get().text, one);
  EXPECT_EQ(second.get().text, other);
  EXPECT_FALSE(one.empty());
}

TEST_F(Pool, MoreRequestsThanSlotsWaitInTheirOrder) {
  load(2);
  std::mutex mutex;
  std::vector<int> begun;
  std::vector<std::future<Generation>> answers;
  for (int i = 0; i < 7; ++i) {
    auto seen = std::make_shared<bool>(false);
    answers.push_back(submit(kCertain[0], 6, {.on_text = [&, seen, i](std::string_view) {
                               const std::lock_guard lock(mutex);
                               if (!*seen) begun.push_back(i);
                               *seen = true;
                             }}));
  }
  for (auto& answer : answers) EXPECT_EQ(answer.get().stats.generated_tokens, 6);
  EXPECT_EQ(begun, (std::vector<int>{0, 1, 2, 3, 4, 5, 6}));
}

TEST_F(Pool, CancelEndsOneAndNotTheOthers) {
  load(2);
  std::atomic<int> pieces = 0;
  auto cut = submit(
      kCertain[0], 400,
      {.on_text = [&](std::string_view) { ++pieces; }, .cancelled = [&] { return pieces >= 4; }});
  auto whole = submit(kCertain[1], 24);
  const Generation cancelled = cut.get();
  EXPECT_EQ(cancelled.finish_reason, FinishReason::cancelled);
  EXPECT_EQ(pieces, 4);
  EXPECT_EQ(cancelled.text, " three, four,");
  EXPECT_EQ(whole.get().stats.generated_tokens, 24);
}

TEST_F(Pool, ACancelledRequestThatWaitsEnds) {
  load(1);
  std::atomic<bool> gone = false;
  auto first = submit(kCertain[0], 200, {.on_text = [&](std::string_view) { gone = true; }});
  auto second = submit(kCertain[1], 200, {.on_text = {}, .cancelled = [&] { return gone.load(); }});
  const Generation cancelled = second.get();
  EXPECT_EQ(cancelled.finish_reason, FinishReason::cancelled);
  EXPECT_EQ(cancelled.text, "");
  EXPECT_NE(first.wait_for(std::chrono::seconds(0)), std::future_status::ready);
}

TEST_F(Pool, AShortRequestDoesNotWaitForALongPrompt) {
  load(2, 2048);
  std::atomic<int> tokens_meanwhile = 0;
  std::atomic<bool> reading = true;
  // It writes from before the long prompt comes.
  std::promise<void> writes;
  std::atomic<bool> told = false;
  auto short_one = submit(kCertain[0], 60, {.on_text = [&](std::string_view) {
                            if (!told.exchange(true)) writes.set_value();
                            if (reading) ++tokens_meanwhile;
                          }});
  writes.get_future().wait();
  tokens_meanwhile = 0;
  auto long_one = submit(words(1200), 1, {.on_text = [&](std::string_view) { reading = false; }});
  const Generation read = long_one.get();
  reading = false;
  EXPECT_GT(read.stats.prompt_tokens, 1200);
  // 64 tokens of the prompt at a time: 19 batches, each with a token of the other's.
  EXPECT_GE(tokens_meanwhile, 15);
  EXPECT_EQ(short_one.get().stats.generated_tokens, 60);
}

TEST_F(Pool, AShortPromptOvertakesALongOne) {
  load(2, 2048);
  auto long_one = submit(words(1500), 1);
  auto short_one = submit("one, two,", 1);
  short_one.get();
  EXPECT_NE(long_one.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  EXPECT_EQ(long_one.get().stats.generated_tokens, 1);
}

TEST_F(Pool, TheSlotWithMostOfThePromptTakesIt) {
  load(3);
  const std::string red = words(40) + " red", blue = "Other" + words(40) + " blue";
  submit(red, 2).get();
  submit(blue, 2).get();
  const GenerationStats again = submit(red + " and more", 2).get().stats;
  EXPECT_GE(again.reused_tokens, 40);
  EXPECT_LT(again.prompt_tokens - again.reused_tokens, 6);
  EXPECT_GE(submit(blue + " and more", 2).get().stats.reused_tokens, 40);
  // A new one goes where nothing is, and takes nobody's memory.
  EXPECT_EQ(submit("Entirely new", 2).get().stats.reused_tokens, 0);
  EXPECT_GE(submit(red, 2).get().stats.reused_tokens, 40);
}

TEST_F(Pool, AFullContextEndsOneAndNotTheOthers) {
  load(2, 256);
  auto full = submit(words(240), 100);
  auto other = submit(kCertain[0], 40);
  const Generation answer = full.get();
  EXPECT_EQ(answer.finish_reason, FinishReason::context_full);
  EXPECT_EQ(answer.stats.prompt_tokens + answer.stats.generated_tokens, 257);
  EXPECT_EQ(other.get().stats.generated_tokens, 40);
}

TEST_F(Pool, ZeroTokensReadThePrompt) {
  load(2);
  const Generation nothing = submit(kCertain[0], 0).get();
  EXPECT_EQ(nothing.finish_reason, FinishReason::max_tokens);
  EXPECT_EQ(nothing.text, "");
  EXPECT_FALSE(nothing.stats.first_token_seconds.has_value());
  EXPECT_EQ(submit(kCertain[0], 3).get().stats.reused_tokens, nothing.stats.prompt_tokens - 1);
}

TEST_F(Pool, AHookThatThrowsEndsItsRequestAlone) {
  load(2);
  auto bad = submit(kCertain[0], 20, {.on_text = [](std::string_view) {
                      throw std::runtime_error("the listener is gone");
                    }});
  auto good = submit(kCertain[1], 20);
  EXPECT_THROW(bad.get(), std::runtime_error);
  EXPECT_EQ(good.get().stats.generated_tokens, 20);
  EXPECT_EQ(submit(kCertain[0], 5).get().stats.generated_tokens, 5);
}

TEST_F(Pool, TheEndOfThePoolCancelsWhatRunsAndWhatWaits) {
  load(2, 2048);
  std::promise<void> writes;
  std::atomic<bool> told = false;
  auto running = submit(kCertain[0], 2000, {.on_text = [&](std::string_view) {
                          if (!told.exchange(true)) writes.set_value();
                        }});
  auto reading = submit(words(1500), 2000);
  auto waiting = submit(kCertain[1], 2000);
  writes.get_future().wait();
  pool_.reset();
  const Generation answer = running.get();
  EXPECT_EQ(answer.finish_reason, FinishReason::cancelled);
  EXPECT_FALSE(answer.text.empty());
  EXPECT_EQ(reading.get().finish_reason, FinishReason::cancelled);
  EXPECT_EQ(waiting.get().finish_reason, FinishReason::cancelled);
}

TEST_F(Pool, ThreadsSubmitAtOnce) {
  load(3);
  std::vector<std::string> texts(6);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < texts.size(); ++i) {
    threads.emplace_back([&, i] {
      texts[i] = submit(kCertain[i % 2], 8).get().text;
      texts[i] += submit(kCertain[i % 2], 4).get().text;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(texts[0], texts[2]);
  EXPECT_EQ(texts[1], texts[5]);
  EXPECT_NE(texts[0], texts[1]);
}

TEST_F(Pool, WhatCannotBeDoneIsSaidAtOnce) {
  load(1, 256);
  EXPECT_EQ(fault(""), "the prompt is empty");
  EXPECT_NE(fault(words(300)).find("context 256"), std::string::npos);
  EXPECT_NE(fault("a", {.temperature = -1}).find("temperature"), std::string::npos);
  EXPECT_NE(fault("a", {.grammar = "root ::= ("}).find("grammar"), std::string::npos);
  EXPECT_THROW(load(0), Error);
  EXPECT_THROW(load(65), Error);
}

}  // namespace
}  // namespace jnlp
