// How answers are followed and counted, with a pool whose model the test plays.
#include "server/chat_answers.h"

#include <gtest/gtest.h>

#include <thread>

#include "server/chat_turns.h"
#include "server/openai_error.h"

namespace jnlp {
namespace {

// A token is a byte.
class PlayedPool : public TextGenerationPool {
 public:
  std::string description() const override { return "played"; }
  int64_t context_size() const override { return 40; }
  int slots() const override { return 1; }
  int64_t count_tokens(std::string_view prompt) const override { return std::ssize(prompt); }
  std::string apply_chat_template(std::span<const ChatMessage> messages) const override {
    std::string prompt;
    for (const ChatMessage& message : messages) prompt += message.role[0] + message.content + ";";
    return prompt;
  }
  std::future<Generation> submit(std::string_view, GenerateOptions, GenerationHooks given,
                                 std::function<void()> at_end) override {
    hooks = std::move(given);
    on_end = std::move(at_end);
    promise = {};
    return promise.get_future();
  }

  void end(const std::string& text, FinishReason reason) {
    Generation answer;
    answer.text = text;
    answer.finish_reason = reason;
    answer.stats = {.prompt_tokens = 5, .generated_tokens = 3, .first_token_seconds = 0.01};
    promise.set_value(answer);
    on_end();
  }

  GenerationHooks hooks;
  std::function<void()> on_end;
  std::promise<Generation> promise;
};

class ChatAnswersTest : public testing::Test {
 protected:
  ChatAnswersTest() {
    auto pool = std::make_unique<PlayedPool>();
    pool_ = pool.get();
    service_->pool = std::move(pool);
  }

  PendingAnswer ask(const std::string& prompt = "prompt") {
    return {service_, answers_.admit(), prompt, "messages", {}, [this] { return gone_; }};
  }

  std::string metrics() const {
    std::string text;
    metrics_.write(&text);
    return text;
  }

  bool counted(const std::string& line) const {
    return metrics().find("jetson_nlp_" + line + "\n") != std::string::npos;
  }

  std::shared_ptr<ChatService> service_ = std::make_shared<ChatService>();
  PlayedPool* pool_ = nullptr;
  ChatMetrics metrics_;
  ChatAnswers answers_{metrics_};
  bool gone_ = false;
};

TEST_F(ChatAnswersTest, AllSeriesAreThereFromTheStart) {
  for (const char* line :
       {"time_to_first_token_seconds_count 0", "generated_tokens_total 0", "chats_in_flight 0",
        "chats_total{reason=\"cancelled\"} 0", "chats_total{reason=\"refused\"} 0",
        "chats_total{reason=\"failed\"} 0", "prompt_tokens_total 0"}) {
    EXPECT_TRUE(counted(line)) << line;
  }
}

TEST_F(ChatAnswersTest, PiecesComeOnTheWaitersThreadAndAreWholeAtTheEnd) {
  PendingAnswer answer = ask();
  EXPECT_TRUE(counted("chats_in_flight 1"));
  std::thread model([&] {
    pool_->hooks.on_text("one ");
    pool_->hooks.on_text("two");
    pool_->end("one two", FinishReason::end_of_text);
  });
  const auto waiter = std::this_thread::get_id();
  std::string seen;
  const Generation whole = answer.wait([&](std::string_view piece) {
    EXPECT_EQ(std::this_thread::get_id(), waiter);
    seen += piece;
    return true;
  });
  model.join();
  EXPECT_EQ(seen, "one two");
  EXPECT_EQ(whole.text, "one two");
  EXPECT_TRUE(counted("chats_in_flight 0"));
  EXPECT_TRUE(counted("generated_tokens_total 3"));
  EXPECT_TRUE(counted("time_to_first_token_seconds_count 1"));
  EXPECT_TRUE(counted("chats_total{reason=\"end_of_text\"} 1"));
}

TEST_F(ChatAnswersTest, WhoTakesNoMoreEndsTheText) {
  PendingAnswer answer = ask();
  pool_->hooks.on_text("one");
  EXPECT_FALSE(pool_->hooks.cancelled());
  std::thread model([&] {
    while (!pool_->hooks.cancelled()) std::this_thread::yield();
    pool_->end("one", FinishReason::cancelled);
  });
  EXPECT_EQ(answer.wait([](std::string_view) { return false; }).finish_reason,
            FinishReason::cancelled);
  model.join();
}

TEST_F(ChatAnswersTest, TheClientsGoingOrTheAnswersEndCancels) {
  {
    const PendingAnswer answer = ask();
    EXPECT_FALSE(pool_->hooks.cancelled());
    gone_ = true;
    EXPECT_TRUE(pool_->hooks.cancelled());
    gone_ = false;
    EXPECT_FALSE(pool_->hooks.cancelled());
  }
  EXPECT_TRUE(pool_->hooks.cancelled());
  EXPECT_TRUE(counted("chats_total{reason=\"failed\"} 1"));
  EXPECT_TRUE(counted("chats_in_flight 0"));
}

TEST_F(ChatAnswersTest, WhatTheModelThrowsIsThrown) {
  PendingAnswer answer = ask();
  pool_->promise.set_exception(std::make_exception_ptr(Error(ErrorCode::internal, "broken")));
  pool_->on_end();
  EXPECT_THROW(answer.wait(), Error);
}

TEST_F(ChatAnswersTest, APromptLongerThanTheContextNamesItsField) {
  try {
    ask(std::string(41, 'a'));
    ADD_FAILURE() << "accepted";
  } catch (const OpenAiError& error) {
    EXPECT_EQ(error.openai_code(), "context_length_exceeded");
    EXPECT_EQ(error.param(), "messages");
    EXPECT_NE(std::string(error.what()).find("41 tokens"), std::string::npos) << error.what();
  }
  EXPECT_TRUE(counted("chats_in_flight 0"));
  EXPECT_NO_THROW(ask(std::string(40, 'a')));
}

TEST_F(ChatAnswersTest, TooManyAreRefused) {
  std::vector<AnswerTicket> tickets;
  for (int i = 0; i < ChatAnswers::kMostInFlight; ++i) tickets.push_back(answers_.admit());
  try {
    answers_.admit();
    ADD_FAILURE() << "accepted";
  } catch (const http::HttpError& error) {
    EXPECT_EQ(error.status(), 503);
    EXPECT_EQ(error.retry_after_s(), 1);
  }
  EXPECT_TRUE(counted("chats_total{reason=\"refused\"} 1"));
  EXPECT_EQ(metrics_.in_flight(), ChatAnswers::kMostInFlight);
  tickets.pop_back();
  EXPECT_NO_THROW(answers_.admit());
}

using Messages = std::vector<ChatMessage>;

TEST_F(ChatAnswersTest, TheOldestExchangesAreLeftOutTheSystemMessageNot) {
  Messages all = {{"system", "s"},    {"user", "first"},  {"assistant", "one"},
                  {"user", "second"}, {"assistant", "t"}, {"user", "third"}};
  EXPECT_EQ(fitting_prompt(*pool_, &all, 1), "ss;ufirst;aone;usecond;at;uthird;");
  EXPECT_EQ(all.size(), 6U);
  // Room for 10 tokens of an answer, a quarter of the context.
  EXPECT_EQ(fitting_prompt(*pool_, &all, 1000), "ss;usecond;at;uthird;");
  EXPECT_EQ(all.size(), 4U);
}

TEST_F(ChatAnswersTest, TheLastMessageStaysWhateverItsLength) {
  Messages all = {{"user", "first"}, {"assistant", "one"}, {"user", std::string(60, 'x')}};
  EXPECT_EQ(fitting_prompt(*pool_, &all, 1), "u" + std::string(60, 'x') + ";");
  EXPECT_EQ(all.size(), 1U);
}

}  // namespace
}  // namespace jnlp
