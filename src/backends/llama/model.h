#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/llama/handles.h"
#include "backends/text_generator.h"

namespace jnlp {

/// The weights and the vocabulary of a GGUF file. They do not change once loaded, so any number of
/// sessions may share them.
class LlamaModel {
 public:
  /// `gpu_layers` is llama.cpp's number. @throws Error as load_llama() says.
  LlamaModel(const std::filesystem::path& gguf, int gpu_layers);

  llama_model* get() const { return model_.get(); }
  const llama_vocab* vocab() const { return llama_model_get_vocab(model_.get()); }
  /// The file's name, for messages.
  const std::string& name() const { return name_; }
  /// For example "SmolLM2-135M-Instruct.Q4_1.gguf, 135M parameters, 97 MB".
  std::string description() const;
  /// What the file says under `key`, as text; "" for nothing.
  std::string metadata(const std::string& key) const;
  const LayerPlacement& placement() const { return placement_; }
  /// For example "31 layers on the CPU" or "20 layers on CUDA0, 11 on the CPU".
  std::string placement_text() const;
  /// Which of llama.cpp's ways to compute attention its contexts take.
  llama_flash_attn_type attention_type() const;
  /// Longest text that the model was trained on, in tokens.
  int64_t trained_context() const;

  /// What the name of a special token in a text is.
  enum class SpecialNames { tokens, text };
  /// `text` with the tokens that the model wants around it.
  /// @throws Error invalid_input for text that is damaged UTF-8 or too long to be counted.
  std::vector<llama_token> tokenize(std::string_view text,
                                    SpecialNames names = SpecialNames::tokens) const;
  /// The tokens of a text that goes on from another: none are added.
  std::vector<llama_token> tokenize_more(std::string_view text) const;
  /// The tokens of a prompt that is to be continued within `context_size` tokens.
  /// @throws Error invalid_input as tokenize(), for an empty prompt, or for one that does not fit.
  std::vector<llama_token> tokenize_prompt(std::string_view prompt, int64_t context_size) const;
  /// The bytes of a token, which may be a part of a character. A special token has none.
  std::string piece(llama_token token) const;
  /// Whether the token means that the text is at its end.
  bool ends_text(llama_token token) const { return llama_vocab_is_eog(vocab(), token); }

  /// As TextGenerator::apply_chat_template.
  std::string apply_chat_template(std::span<const ChatMessage> messages) const;

 private:
  std::vector<llama_token> tokenize(std::string_view text, SpecialNames names, bool around) const;
  void check_generates_text() const;

  std::string name_;
  LlamaModelHandle model_;
  LayerPlacement placement_;
};

/// @throws Error for a file that is not there, is none, or is no GGUF file: what llama.cpp would
///   only log, or not tell apart.
void check_gguf_file(const std::filesystem::path& gguf);

}  // namespace jnlp
