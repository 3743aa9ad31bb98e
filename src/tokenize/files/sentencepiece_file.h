#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tokenize/models/sentencepiece.h"
#include "tokenize/text/sentencepiece_normalizer.h"

namespace jnlp::tok {

/// The content of a SentencePiece model (sentencepiece_model.proto, message ModelProto): what
/// bears on tokens. All text lies in `bytes`.
struct SentencePieceFile {
  enum class ModelType : uint8_t { unigram = 1, bpe = 2, word = 3, character = 4 };
  struct NormalizerSpec {
    std::string_view charsmap;  ///< empty for none
    SentencePieceNormalizerOptions options;
  };

  std::string bytes;
  std::vector<SentencePiece> pieces;
  ModelType model_type = ModelType::unigram;
  bool byte_fallback = false;
  std::string_view unknown_surface = " \xE2\x81\x87 ";  ///< what decoding writes for the unknown
  int32_t unknown_id = 0;                               ///< as the training options have it
  NormalizerSpec normalizer;
  NormalizerSpec denormalizer;

  SentencePieceFile() = default;
  SentencePieceFile(const SentencePieceFile&) = delete;  // the views would look into the other one
  SentencePieceFile& operator=(const SentencePieceFile&) = delete;
};

/// Fills `out` from a file. @throws Error invalid_input when it is damaged or too large.
void read_sentencepiece_file(const std::filesystem::path& path, SentencePieceFile* out);

/// The SentencePiece model itself: its ids and its ways with text.
/// @throws Error invalid_input when its pieces do not make one.
ModelPtr make_sentencepiece_model(const SentencePieceFile& file);

}  // namespace jnlp::tok
