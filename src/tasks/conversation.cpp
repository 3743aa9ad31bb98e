#include "tasks/conversation.h"

#include <algorithm>
#include <utility>

namespace jnlp {

Conversation::Conversation(std::shared_ptr<TextGenerator> model, std::string system)
    : model_(std::move(model)) {
  reset(std::move(system));
}

void Conversation::reset() {
  messages_.clear();
  dropped_ = 0;
  if (!system_.empty()) messages_.push_back({"system", system_});
}

void Conversation::reset(std::string system) {
  system_ = std::move(system);
  reset();
}

Generation Conversation::answer(std::string_view text, const GenerateOptions& options,
                                const GenerationHooks& hooks) {
  std::vector<ChatMessage> messages = messages_;
  int64_t dropped = dropped_;
  messages.push_back({"user", std::string(text)});
  drop_what_does_not_fit(&messages, options.max_tokens, &dropped);
  Generation answer = model_->chat(messages, options, hooks);
  messages.push_back({"assistant", answer.text});
  messages_ = std::move(messages);
  dropped_ = dropped;
  return answer;
}

// The last question alone may be too long too: the model then says so.
void Conversation::drop_what_does_not_fit(std::vector<ChatMessage>* messages, int64_t max_tokens,
                                          int64_t* dropped) const {
  const int64_t context = model_->context_size();
  const int64_t room = context - std::min(max_tokens, context / 4);
  const auto first = static_cast<std::ptrdiff_t>(system_.empty() ? 0 : 1);
  while (std::ssize(*messages) > first + 1 &&
         model_->count_tokens(model_->apply_chat_template(*messages)) > room) {
    const auto begin = messages->begin() + first;
    messages->erase(begin, begin + 2);
    ++*dropped;
  }
}

}  // namespace jnlp
