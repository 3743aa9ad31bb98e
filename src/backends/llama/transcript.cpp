#include "backends/llama/transcript.h"

#include <utility>

#include "base/utf8.h"

namespace jnlp {

void LlamaTranscript::begin(std::string_view prompt, std::vector<llama_token> tokens) {
  whole_ = true;
  text_ = prompt;
  tokens_ = std::move(tokens);
}

void LlamaTranscript::add(llama_token token, std::string_view piece) {
  // A special token is not in the text, so what is tokenized from the text must not have it.
  whole_ = whole_ && !piece.empty();
  text_ += piece;
  tokens_.push_back(token);
}

std::vector<llama_token> LlamaTranscript::tokenize_prompt(const LlamaModel& model,
                                                          std::string_view prompt,
                                                          int64_t context_size) const {
  const auto alone = [&] { return model.tokenize_prompt(prompt, context_size); };
  // Models that end a text with a token of its own have one at the end of the transcript's prompt.
  const bool continues = whole_ && prompt.size() > text_.size() && prompt.starts_with(text_) &&
                         !llama_vocab_get_add_eos(model.vocab());
  if (!continues || !is_valid_utf8(prompt) || !is_valid_utf8(text_)) return alone();
  const std::vector<llama_token> more = model.tokenize_more(prompt.substr(text_.size()));
  if (more.empty() || !llama_vocab_is_control(model.vocab(), more.front())) return alone();
  std::vector<llama_token> tokens = tokens_;
  tokens.insert(tokens.end(), more.begin(), more.end());
  // The tokens of an answer may be more than its text has, and a caller counts those of the text.
  return std::ssize(tokens) > context_size ? alone() : tokens;
}

}  // namespace jnlp
