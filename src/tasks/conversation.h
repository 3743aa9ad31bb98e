#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backends/text_generator.h"

namespace jnlp {

/// A conversation with a model: what was said, and what fits the model's context of it.
class Conversation {
 public:
  /// An empty `system` sends no system message.
  explicit Conversation(std::shared_ptr<TextGenerator> model, std::string system = "");

  /// Says `text` and returns the answer, which becomes part of the conversation as far as it got.
  /// When the conversation no longer fits the context with room for an answer, its oldest
  /// exchanges are left out for good.
  /// @throws Error as TextGenerator::chat(); the conversation is then what it was before.
  Generation answer(std::string_view text, const GenerateOptions& options,
                    const GenerationHooks& hooks = {});

  /// Begins anew; the system message stays.
  void reset();
  /// Begins anew with another system message, or with none.
  void reset(std::string system);

  /// The system message, if there is one, and then user and assistant in turns.
  const std::vector<ChatMessage>& messages() const { return messages_; }
  /// Exchanges left out since the beginning.
  int64_t dropped_exchanges() const { return dropped_; }
  const TextGenerator& model() const { return *model_; }

 private:
  void drop_what_does_not_fit(std::vector<ChatMessage>* messages, int64_t max_tokens,
                              int64_t* dropped) const;

  std::shared_ptr<TextGenerator> model_;
  std::string system_;
  std::vector<ChatMessage> messages_;
  int64_t dropped_ = 0;
};

}  // namespace jnlp
