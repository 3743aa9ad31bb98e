#include "tasks/faq_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace jnlp {
namespace {

std::string shown(const FaqPassage& passage) {
  return passage.heading.empty() ? passage.text : passage.heading + "\n" + passage.text;
}

}  // namespace

std::string FaqWriter::default_system() {
  return "You answer customers. Use only the text that you are given. Answer in one or two "
         "sentences.";
}

FaqWriter::FaqWriter(std::unique_ptr<TextGenerator> model, GenerateOptions options,
                     std::string system)
    : model_(std::move(model)),
      options_(std::move(options)),
      system_(system.empty() ? default_system() : std::move(system)) {}

std::vector<ChatMessage> FaqWriter::messages(const std::string& question,
                                             std::span<const FaqPassage* const> passages) const {
  std::string text = "Text:\n";
  for (size_t i = passages.size(); i-- > 0;) text += shown(*passages[i]) + "\n\n";
  text += "Question: " + question;
  return {{"system", system_}, {"user", std::move(text)}};
}

FaqReading FaqWriter::read(const std::string& question, std::span<const FaqPassage* const> passages,
                           const GenerationHooks& hooks) {
  const int64_t context = model_->context_size();
  const int64_t room = context - std::min(options_.max_tokens, context / 4);
  std::vector<ChatMessage> prompt = messages(question, passages);
  while (passages.size() > 1 && model_->count_tokens(model_->apply_chat_template(prompt)) > room) {
    passages = passages.first(passages.size() - 1);
    prompt = messages(question, passages);
  }
  FaqReading reading;
  reading.generation = model_->chat(prompt, options_, hooks);
  reading.text = reading.generation->text;
  reading.tokens = reading.generation->stats.prompt_tokens;
  return reading;
}

}  // namespace jnlp
