#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backends/text_generator.h"
#include "tasks/faq_reader.h"

namespace jnlp {

/// Answers in the words of a language model that is shown the passages. It may still say what they
/// do not.
class FaqWriter : public FaqReader {
 public:
  /// `system`: what the model is told first; "" for default_system().
  FaqWriter(std::unique_ptr<TextGenerator> model, GenerateOptions options, std::string system = "");

  std::string description() const override { return model_->description(); }
  /// Shows the model as many passages as fit its context, the most similar last, next to the
  /// question. @throws Error as TextGenerator::chat(), for the nearest passage alone.
  FaqReading read(const std::string& question, std::span<const FaqPassage* const> passages,
                  const GenerationHooks& hooks) override;

  static std::string default_system();

 private:
  std::vector<ChatMessage> messages(const std::string& question,
                                    std::span<const FaqPassage* const> passages) const;

  std::unique_ptr<TextGenerator> model_;
  GenerateOptions options_;
  std::string system_;
};

}  // namespace jnlp
