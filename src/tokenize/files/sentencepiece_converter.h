#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tokenize/files/config_values.h"
#include "tokenize/files/sentencepiece_class.h"

namespace jnlp::tok {

/// The steps that the classes share on the way from the model's file and tokenizer_config.json to
/// the parts of a pipeline.
class SentencePieceConverter {
 public:
  SentencePieceConverter(const SentencePieceFile& file, const Json& config,
                         Tokenizer::Pipeline* pipeline)
      : file_(file), config_(config), pipeline_(pipeline) {}

  const SentencePieceFile& file() const { return file_; }
  const Json& config() const { return config_; }
  std::string token(const char* key, const char* usual) const {
    return config_token(config_, key, usual);
  }
  bool flag(const char* key, bool usual) const { return config_flag(config_, key, usual); }

  /// Appends the pieces from `first` on with their scores.
  void add_pieces(size_t first, std::vector<ScoredToken>* tokens) const;
  /// Makes the model, and of control and user-defined symbols added tokens.
  void make_model(const ClassVocabulary& vocabulary, bool byte_fallback);
  void add_special(const std::string& content, bool lstrip = false, bool normalized = false);
  /// What tokenizer_config.json lists in added_tokens_decoder overrides what the class has.
  void add_configured_tokens();

  void add_charsmap(std::vector<NormalizerPtr>* parts) const;
  void set_normalizer(std::vector<NormalizerPtr> parts);
  void set_pre_tokenizer(PreTokenizerPtr pre_tokenizer);
  void set_decoder(DecoderPtr decoder);

  Metaspace::Prepend prepend() const;
  PreTokenizerPtr metaspace(bool split) const;
  /// Metaspace as pre-tokenizer and decoder.
  void set_metaspace();

  struct Part {
    std::string text;  ///< "$A" and "$B" are the texts, the rest special tokens
    int32_t type = 0;
  };
  /// @throws Error invalid_input when the model lacks a token.
  void set_template(const std::vector<Part>& single, const std::vector<Part>& pair);

 private:
  std::vector<PostProcessor::Item> items(const std::vector<Part>& parts) const;

  const SentencePieceFile& file_;
  const Json& config_;
  Tokenizer::Pipeline* pipeline_;
};

/// Replaces every match by `content`.
NormalizerPtr replace_all(Pattern pattern, std::string content);

}  // namespace jnlp::tok
