#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tokenize/models/model.h"
#include "tokenize/models/prefix_trie.h"

// The models of Google's SentencePiece, with its results to the last bit: scores are floats, and
// ties fall as they fall there. What `tokenizers` makes of the same files differs in details; its
// models are Unigram and Bpe.

namespace jnlp::tok {

/// What a piece is for; the numbers are those of the file.
enum class PieceType : uint8_t {
  normal = 1,
  unknown = 2,       ///< stands for what is in no piece
  control = 3,       ///< never made from text
  user_defined = 4,  ///< always a token of its own
  unused = 5,        ///< never made, but others are merged from it
  byte = 6,          ///< one byte of a character that is in no piece
};

struct SentencePiece {
  std::string_view text;
  float score = 0;
  PieceType type = PieceType::normal;
};

/// The symbols that SentencePiece never cuts and never normalizes.
PrefixTrie user_defined_symbols(const std::vector<SentencePiece>& pieces);

/// What the four kinds of SentencePiece models have in common.
class SentencePieceModel : public Model {
 public:
  /// Pieces have the ids of their order.
  /// @throws Error invalid_input when pieces are empty, doubled, too long, not UTF-8, or the
  ///   unknown piece or byte pieces are missing.
  SentencePieceModel(const std::vector<SentencePiece>& pieces, bool byte_fallback);

  /// A character of a byte model has its range on the last of its byte tokens; the others are
  /// empty ranges at its begin.
  void tokenize(std::string_view text, ModelState* state,
                std::vector<ModelToken>* tokens) const final;
  std::unique_ptr<ModelState> make_state() const override;
  std::optional<int32_t> unknown_id() const override {
    return unknown_id_ < 0 ? std::nullopt : std::optional(unknown_id_);
  }

 protected:
  struct State : ModelState {
    std::vector<ModelToken> segments;
  };

  /// Cuts `text` (not empty) into segments that cover it, in order; those that are in no piece
  /// have unknown_piece() as id.
  virtual void segment(std::string_view text, State* state) const = 0;

  int32_t unknown_piece() const { return unknown_id_; }
  PieceType type(int32_t id) const { return types_[static_cast<size_t>(id)]; }
  float score(int32_t id) const { return scores_[static_cast<size_t>(id)]; }
  /// The piece that text can become part of, or -1.
  int32_t find_text_piece(std::string_view text) const;

 private:
  void check_unknown_and_bytes(bool byte_fallback) const;

  std::vector<PieceType> types_;
  std::vector<float> scores_;
  int32_t unknown_id_ = -1;
  bool byte_fallback_;
  std::array<int32_t, 256> byte_ids_;
};

/// Length of a character by its first byte, as SentencePiece tells it, and never beyond the end.
uint32_t character_length(std::string_view text, size_t position);

}  // namespace jnlp::tok
