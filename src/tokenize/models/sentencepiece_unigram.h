#pragma once

#include "tokenize/models/sentencepiece.h"

namespace jnlp::tok {

/// The most probable segmentation (Kudo, 2018) by SentencePiece's own search.
class SentencePieceUnigram : public SentencePieceModel {
 public:
  SentencePieceUnigram(const std::vector<SentencePiece>& pieces, bool byte_fallback);
  std::unique_ptr<ModelState> make_state() const override;

 protected:
  void segment(std::string_view text, State* state) const override;

 private:
  struct Node;
  struct Search;
  class Lattice;

  float unknown_score_;
  PrefixTrie trie_;
};

}  // namespace jnlp::tok
