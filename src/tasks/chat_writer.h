#pragma once

#include <cstdint>
#include <memory>

#include "backends/text_generator.h"
#include "tasks/summary_writer.h"

namespace jnlp {

/// What a language model is asked for.
struct ChatSummaryOptions {
  int64_t max_sentences = 3;  ///< asked for in the prompt; a model may not listen
  int64_t min_words = 0;      ///< asked for as well; 0: not mentioned
  GenerateOptions generate = {.max_tokens = 128};
};

/// Summaries by a language model that is asked for them in a message of a chat.
class ChatWriter : public SummaryWriter {
 public:
  /// @throws Error invalid_input when the context is too small for prompt and summary; what
  ///   TextGenerator::apply_chat_template() throws.
  ChatWriter(std::unique_ptr<TextGenerator> model, ChatSummaryOptions options);

  int64_t max_tokens() const override { return max_tokens_; }
  int64_t count_tokens(std::string_view text) const override;
  std::string description() const override { return model_->description(); }
  /// A summary that was ended by its limit of tokens ends with its last whole sentence, if any.
  using SummaryWriter::write;
  std::vector<WrittenSummary> write(std::span<const std::string> texts,
                                    const std::function<bool()>& given_up) override;

 private:
  std::string prompt(std::string_view text) const;

  std::unique_ptr<TextGenerator> model_;
  ChatSummaryOptions options_;
  int64_t max_tokens_;
};

}  // namespace jnlp
