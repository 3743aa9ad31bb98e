#include "server/chat_frame.h"

#include <gtest/gtest.h>

#include "server/openai_error.h"

namespace jnlp {
namespace {

std::string frame_param(const std::string& frame) {
  try {
    read_chat_frame(frame);
  } catch (const OpenAiError& error) {
    return error.param();
  }
  return "accepted";
}

std::string message_of(const std::string& text) {
  const ChatFrame frame = read_chat_frame(text);
  EXPECT_EQ(frame.kind, ChatFrame::Kind::message);
  EXPECT_EQ(frame.messages.size(), 1U);
  EXPECT_EQ(frame.messages.front().role, "user");
  return frame.messages.front().content;
}

TEST(ChatFrame, AMessageWithItsOptions) {
  const ChatFrame frame = read_chat_frame(
      R"({"message": "Hi", "system": "Be short.", "max_tokens": 3, "temperature": 0.5, "top_p": 0.5,
          "top_k": 2, "seed": 4, "stop": ["x"]})");
  EXPECT_EQ(frame.messages.front().content, "Hi");
  EXPECT_EQ(frame.system, "Be short.");
  EXPECT_EQ(frame.options.max_tokens, 3);
  EXPECT_EQ(frame.options.temperature, 0.5F);
  EXPECT_EQ(frame.options.top_p, 0.5F);
  EXPECT_EQ(frame.options.top_k, 2);
  EXPECT_EQ(frame.options.seed, 4U);
  EXPECT_EQ(frame.options.stop, std::vector<std::string>{"x"});
  EXPECT_EQ(read_chat_frame("Hi").options.max_tokens, 256);
}

TEST(ChatFrame, TextThatIsNoObjectIsTheMessage) {
  EXPECT_EQ(message_of("Hi there"), "Hi there");
  EXPECT_EQ(message_of("42"), "42");
  EXPECT_EQ(message_of("[1]"), "[1]");
  EXPECT_EQ(message_of("{\"message\": "), "{\"message\": ");
}

TEST(ChatFrame, AWholeConversation) {
  const ChatFrame frame = read_chat_frame(
      R"({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]})");
  EXPECT_EQ(frame.kind, ChatFrame::Kind::messages);
  EXPECT_EQ(frame.messages.size(), 2U);
}

TEST(ChatFrame, Commands) {
  EXPECT_EQ(read_chat_frame(R"({"type": "cancel"})").kind, ChatFrame::Kind::cancel);
  EXPECT_EQ(read_chat_frame(R"({"type": "reset"})").kind, ChatFrame::Kind::reset);
}

TEST(ChatFrame, NamesTheFieldAtFault) {
  EXPECT_EQ(frame_param("{}"), "message");
  EXPECT_EQ(frame_param(""), "message");
  EXPECT_EQ(frame_param(R"({"message": ""})"), "message");
  EXPECT_EQ(frame_param(R"({"message": 1})"), "message");
  EXPECT_EQ(frame_param(R"({"type": "dance"})"), "type");
  EXPECT_EQ(frame_param(R"({"type": 1})"), "type");
  EXPECT_EQ(frame_param(R"({"message": "a", "messages": []})"), "message");
  EXPECT_EQ(frame_param(R"({"messages": []})"), "messages");
  EXPECT_EQ(frame_param(R"({"messages": [{"role": "user", "content": "a"}], "system": "b"})"),
            "system");
  EXPECT_EQ(frame_param(R"({"message": "a", "temperature": -1})"), "temperature");
  EXPECT_EQ(frame_param(R"({"message": "a", "n": 2})"), "n");
}

}  // namespace
}  // namespace jnlp
