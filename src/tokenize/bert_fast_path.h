#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tokenize/models/wordpiece.h"
#include "tokenize/post_processor.h"
#include "tokenize/text/normalizers.h"
#include "tokenize/text/pre_tokenizers.h"

namespace jnlp::tok {

/// BertNormalizer, BertPreTokenizer and WordPiece in one pass over text without added tokens.
/// Stretches between spaces that are plain ASCII are cut and looked up as they are; the others take
/// the way that all tokenizers take, and the tokens are the same.
class BertFastPath {
 public:
  /// Null when the tokenizer is not of this kind.
  static std::unique_ptr<const BertFastPath> make(const Normalizer* normalizer,
                                                  const PreTokenizer* pre_tokenizer,
                                                  const Model& model);

  void tokenize(std::string_view text, TokenSequence* out) const;

 private:
  enum class Kind : uint8_t { letter, punctuation, space, other };

  BertFastPath(const BertNormalizer& normalizer, const PreTokenizer& pre_tokenizer,
               const WordPiece& model);

  void plain_stretch(std::string_view text, uint32_t begin, uint32_t end, int32_t* word,
                     std::string* lower, std::vector<ModelToken>* tokens, TokenSequence* out) const;
  void other_stretch(std::string_view text, uint32_t begin, uint32_t end, int32_t* word,
                     std::vector<ModelToken>* tokens, TokenSequence* out) const;

  const BertNormalizer& normalizer_;
  const PreTokenizer& pre_tokenizer_;
  const WordPiece& model_;
  std::array<Kind, 256> kinds_;
  std::array<char, 256> lower_;
};

}  // namespace jnlp::tok
