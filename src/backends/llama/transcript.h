#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backends/llama/model.h"

namespace jnlp {

/// The text of the last prompt and its answer with the tokens that it was read and written in. A
/// model often writes a text in other tokens than those that the text is tokenized into; a prompt
/// that goes on from the answer would be read again from the first of them.
class LlamaTranscript {
 public:
  void begin(std::string_view prompt, std::vector<llama_token> tokens);
  /// A token of the answer and its bytes.
  void add(llama_token token, std::string_view piece);

  /// As LlamaModel::tokenize_prompt, but a prompt that begins with the whole transcript keeps its
  /// tokens, where the prompt goes on with a special token, as chat templates do: a text is divided
  /// there whatever its tokens are.
  std::vector<llama_token> tokenize_prompt(const LlamaModel& model, std::string_view prompt,
                                           int64_t context_size) const;

 private:
  std::string text_;
  std::vector<llama_token> tokens_;
  bool whole_ = false;  // the tokens are those of the text and no others
};

}  // namespace jnlp
