#include <string>
#include <vector>

#include "base/error.h"
#include "chat_model.h"

namespace jnlp {
namespace {

using Chat = test::WithChatModel;
using Messages = std::vector<ChatMessage>;

TEST_F(Chat, TheTemplateIsChatMl) {
  EXPECT_EQ(model_->apply_chat_template(Messages{{"system", "Be brief."}, {"user", "Hi"}}),
            "<|im_start|>system\nBe brief.<|im_end|>\n"
            "<|im_start|>user\nHi<|im_end|>\n"
            "<|im_start|>assistant\n");
  EXPECT_EQ(model_->apply_chat_template(
                Messages{{"user", "1 {{ 2 }} \n3"}, {"assistant", "b"}, {"user", "Grüße"}}),
            "<|im_start|>user\n1 {{ 2 }} \n3<|im_end|>\n"
            "<|im_start|>assistant\nb<|im_end|>\n"
            "<|im_start|>user\nGrüße<|im_end|>\n"
            "<|im_start|>assistant\n");
}

TEST_F(Chat, ItsMarksAreSingleTokens) {
  EXPECT_EQ(model_->count_tokens("<|im_start|><|im_end|>"), 2);
}

TEST_F(Chat, NoMessageIsAnError) {
  EXPECT_THROW(model_->chat({}, {}), Error);
}

TEST_F(Chat, Answers) {
  const Generation answer =
      model_->chat(Messages{{"user", "What is the capital of France?"}}, {.max_tokens = 64});
  EXPECT_NE(answer.text.find("Paris"), std::string::npos) << answer.text;
  EXPECT_EQ(answer.finish_reason, FinishReason::end_of_text);
  EXPECT_EQ(answer.text.find("<|im_end|>"), std::string::npos);
}

}  // namespace
}  // namespace jnlp
