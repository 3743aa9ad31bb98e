#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tokenize/bert_fast_path.h"
#include "tokenize/decoders.h"
#include "tokenize/models/model.h"
#include "tokenize/post_processor.h"
#include "tokenize/text/added_tokens.h"
#include "tokenize/text/normalizers.h"
#include "tokenize/text/pre_tokenizers.h"
#include "tokenize/tokenizer.h"
#include "tokenize/truncation.h"

namespace jnlp {

/// Everything a tokenizer consists of, as the readers of src/tokenize/files make it.
struct Tokenizer::Pipeline {
  /// Where words begin when no pre-tokenizer has cut them: at a token that begins with the space
  /// symbol of SentencePiece, or behind one that ends with it.
  enum class WordStarts { at_pieces, at_space_symbol, behind_space_symbol };

  tok::NormalizerPtr normalizer;       ///< may be null
  tok::PreTokenizerPtr pre_tokenizer;  ///< may be null
  tok::ModelPtr model;
  tok::PostProcessor post_processor;
  tok::DecoderPtr decoder;  ///< may be null: tokens joined by spaces
  std::vector<tok::AddedToken> added_tokens;
  WordStarts word_starts = WordStarts::at_pieces;
  std::optional<int32_t> max_length;  ///< what the file asks for
  tok::TruncationDirection direction = tok::TruncationDirection::right;

  /// Set by finish().
  tok::AddedVocabulary added;
  std::unique_ptr<const tok::BertFastPath> fast_path;
  std::vector<tok::TokenSequence::Spaces> spaces_of_token;

  /// Completes what follows from the parts. Call once, before encoding.
  void finish();
  tok::TokenSequence tokenize(std::string_view text) const;

 private:
  class StateLease;

  void tokenize_pieces(const tok::PieceList& pieces, tok::TokenSequence* out) const;
  bool starts_word(std::string_view text, const tok::ModelToken& token) const;
  void append(const tok::PieceList& pieces, const tok::Piece& piece, int32_t word,
              const tok::ModelToken& token, tok::TokenSequence* out) const;
  std::unique_ptr<tok::ModelState> take_state() const;
  void give_back(std::unique_ptr<tok::ModelState> state) const;

  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<tok::ModelState>> idle_states_;
};

}  // namespace jnlp
