#pragma once

#include <memory>
#include <string>
#include <unordered_set>

#include "tokenize/decoders.h"
#include "tokenize/text/sentencepiece_normalizer.h"

namespace jnlp::tok {

/// SentencePiece's way from pieces to text.
class SentencePieceDecoder : public Decoder {
 public:
  struct Options {
    std::unordered_set<std::string> control;  ///< pieces that leave no text
    std::string unknown;                      ///< the unknown piece, empty for none
    std::string unknown_surface;
    bool has_bytes = false;  ///< <0xNN> are bytes
    bool drops_first_space = true;
    bool drops_all_first_spaces = true;
    std::unique_ptr<const SentencePieceNormalizer> denormalizer;  ///< may be null
  };

  explicit SentencePieceDecoder(Options options) : options_(std::move(options)) {}
  void apply(std::vector<std::string>* tokens) const override;

 private:
  void append_piece(std::string_view piece, bool* at_begin, std::string* text) const;

  Options options_;
};

}  // namespace jnlp::tok
