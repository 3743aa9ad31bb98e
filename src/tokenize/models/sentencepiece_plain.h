#pragma once

#include "tokenize/models/sentencepiece.h"

namespace jnlp::tok {

/// SentencePiece's model of type "char": every character and user-defined symbol by itself.
class SentencePieceChar : public SentencePieceModel {
 public:
  SentencePieceChar(const std::vector<SentencePiece>& pieces, bool byte_fallback)
      : SentencePieceModel(pieces, byte_fallback), symbols_(user_defined_symbols(pieces)) {}

 protected:
  void segment(std::string_view text, State* state) const override;

 private:
  PrefixTrie symbols_;
};

/// SentencePiece's model of type "word": what stands between two space symbols.
class SentencePieceWord : public SentencePieceModel {
 public:
  using SentencePieceModel::SentencePieceModel;

 protected:
  void segment(std::string_view text, State* state) const override;
};

}  // namespace jnlp::tok
