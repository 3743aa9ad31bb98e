#include "server/chat_turns.h"

#include <algorithm>
#include <cstdint>

namespace jnlp {
namespace {

// The oldest message, and what answered it.
void drop_oldest(std::vector<ChatMessage>* messages, std::ptrdiff_t first) {
  auto end = messages->begin() + first + 1;
  while (end + 1 != messages->end() && end->role != "user") ++end;
  messages->erase(messages->begin() + first, end);
}

}  // namespace

std::string fitting_prompt(const TextGenerationPool& pool, std::vector<ChatMessage>* messages,
                           int64_t max_tokens) {
  const int64_t context = pool.context_size();
  const int64_t room = context - std::min(max_tokens, context / 4);
  const std::ptrdiff_t first = messages->front().role == "system" ? 1 : 0;
  std::string prompt = pool.apply_chat_template(*messages);
  if (pool.count_tokens(prompt) <= room) return prompt;
  // When the last message alone is too long, trying each shorter conversation would take long.
  std::vector<ChatMessage> shortest(messages->begin(), messages->begin() + first);
  shortest.push_back(messages->back());
  if (std::string last = pool.apply_chat_template(shortest); pool.count_tokens(last) > room) {
    *messages = std::move(shortest);
    return last;
  }
  while (pool.count_tokens(prompt) > room) {
    drop_oldest(messages, first);
    prompt = pool.apply_chat_template(*messages);
  }
  return prompt;
}

}  // namespace jnlp
