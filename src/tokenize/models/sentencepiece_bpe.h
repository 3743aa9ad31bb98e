#pragma once

#include "tokenize/models/sentencepiece.h"

namespace jnlp::tok {

/// Byte pair encoding as SentencePiece runs it: two neighbours merge when their text is a piece,
/// whatever the two are; the highest score first, of equal ones the leftmost.
class SentencePieceBpe : public SentencePieceModel {
 public:
  SentencePieceBpe(const std::vector<SentencePiece>& pieces, bool byte_fallback);
  std::unique_ptr<ModelState> make_state() const override;

 protected:
  void segment(std::string_view text, State* state) const override;

 private:
  struct Symbol;
  struct Pair;
  struct Work;

  void split(std::string_view text, Work* work) const;
  void offer(std::string_view text, uint32_t left, uint32_t right, Work* work) const;
  void merge(std::string_view text, Work* work) const;
  void emit(std::string_view text, uint32_t begin, uint32_t end, int depth, Work* work) const;

  PrefixTrie symbols_;
  size_t longest_ = 0;
};

}  // namespace jnlp::tok
