#include "tasks/conversation.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/error.h"

namespace jnlp {
namespace {

// A model whose tokens are bytes, that answers with the number of messages it was given.
class CountingModel : public TextGenerator {
 public:
  std::string description() const override { return "counting"; }
  int64_t context_size() const override { return context; }
  int64_t count_tokens(std::string_view prompt) const override { return std::ssize(prompt); }
  std::string apply_chat_template(std::span<const ChatMessage> messages) const override {
    std::string prompt;
    for (const ChatMessage& message : messages) prompt += message.role[0] + message.content + "\n";
    return prompt;
  }
  Generation generate(std::string_view prompt, const GenerateOptions& /*options*/,
                      const GenerationHooks& /*hooks*/) override {
    if (std::ssize(prompt) > context) throw Error(ErrorCode::invalid_input, "too long");
    last_prompt = prompt;
    Generation answer;
    answer.text = std::to_string(std::count(prompt.begin(), prompt.end(), '\n'));
    return answer;
  }
  void forget() override {}

  int64_t context = 1000;
  std::string last_prompt;
};

class ConversationTest : public testing::Test {
 protected:
  std::shared_ptr<CountingModel> model_ = std::make_shared<CountingModel>();
  GenerateOptions options_;
};

TEST_F(ConversationTest, RemembersWhatWasSaid) {
  Conversation conversation(model_, "be brief");
  EXPECT_EQ(conversation.answer("one", options_).text, "2");
  EXPECT_EQ(conversation.answer("two", options_).text, "4");
  EXPECT_EQ(model_->last_prompt, "sbe brief\nuone\na2\nutwo\n");
  EXPECT_EQ(conversation.messages().size(), 5U);
}

TEST_F(ConversationTest, ResetKeepsTheSystemMessage) {
  Conversation conversation(model_, "be brief");
  conversation.answer("one", options_);
  conversation.reset();
  conversation.answer("two", options_);
  EXPECT_EQ(model_->last_prompt, "sbe brief\nutwo\n");
  conversation.reset("");
  conversation.answer("three", options_);
  EXPECT_EQ(model_->last_prompt, "uthree\n");
}

TEST_F(ConversationTest, LeavesOutTheOldestThatDoesNotFit) {
  model_->context = 40;
  options_.max_tokens = 9;  // one less, and the last prompt would just fit
  Conversation conversation(model_, "sys");
  conversation.answer("0123456789", options_);
  conversation.answer("abcdefghij", options_);
  EXPECT_EQ(conversation.dropped_exchanges(), 1);
  EXPECT_EQ(model_->last_prompt, "ssys\nuabcdefghij\n");
  EXPECT_EQ(conversation.messages().size(), 3U);
}

TEST_F(ConversationTest, AnErrorLeavesItAsItWas) {
  model_->context = 40;
  Conversation conversation(model_);
  conversation.answer("one", options_);
  const auto before = conversation.messages().size();
  EXPECT_THROW(conversation.answer(std::string(100, 'x'), options_), Error);
  EXPECT_EQ(conversation.messages().size(), before);
  EXPECT_EQ(conversation.dropped_exchanges(), 0);
  conversation.answer("two", options_);
  EXPECT_EQ(model_->last_prompt, "uone\na1\nutwo\n");
}

}  // namespace
}  // namespace jnlp
