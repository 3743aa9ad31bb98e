#include "tokenize/files/sentencepiece_file.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"
#include "tokenize/files/protobuf_reader.h"
#include "tokenize/models/sentencepiece_bpe.h"
#include "tokenize/models/sentencepiece_plain.h"
#include "tokenize/models/sentencepiece_unigram.h"

namespace jnlp::tok {
namespace {

// Many times the largest models in use (4 MB, 262,000 pieces).
constexpr uintmax_t kMaxModelFile = uintmax_t{1} << 26U;
constexpr size_t kMaxPieces = size_t{1} << 22U;

using NormalizerSpec = SentencePieceFile::NormalizerSpec;

// Of an enumeration whose values are 1 to `last`.
template <typename Enum>
Enum read_enum(const ProtobufReader& field, Enum last) {
  const uint64_t value = field.varint();
  if (value < 1 || value > static_cast<uint64_t>(last)) {
    field.fail(fmt::format("field {} has the unknown value {}", field.field(), value));
  }
  return static_cast<Enum>(value);
}

SentencePiece parse_piece(std::string_view message, const std::string& where) {
  SentencePiece piece;
  ProtobufReader reader(message, where);
  while (reader.next()) {
    if (reader.field() == 1) piece.text = reader.bytes();
    if (reader.field() == 2) piece.score = reader.float32();
    if (reader.field() == 3) piece.type = read_enum(reader, PieceType::byte);
  }
  return piece;
}

void parse_trainer_spec(std::string_view message, const std::string& where,
                        SentencePieceFile* out) {
  ProtobufReader reader(message, where);
  while (reader.next()) {
    switch (reader.field()) {
      case 3:
        out->model_type = read_enum(reader, SentencePieceFile::ModelType::character);
        break;
      case 24:
        out->normalizer.options.treat_whitespace_as_suffix = reader.boolean();
        break;
      case 35:
        out->byte_fallback = reader.boolean();
        break;
      case 40:
        out->unknown_id = static_cast<int32_t>(static_cast<uint32_t>(reader.varint()));
        break;
      case 44:
        out->unknown_surface = reader.bytes();
        break;
      default:
        break;
    }
  }
  if (!is_valid_utf8(out->unknown_surface)) reader.fail("unk_surface is not UTF-8");
}

void parse_normalizer_spec(std::string_view message, const std::string& where,
                           NormalizerSpec* out) {
  ProtobufReader reader(message, where);
  while (reader.next()) {
    if (reader.field() == 2) out->charsmap = reader.bytes();
    if (reader.field() == 3) out->options.add_dummy_prefix = reader.boolean();
    if (reader.field() == 4) out->options.remove_extra_whitespaces = reader.boolean();
    if (reader.field() == 5) out->options.escape_whitespaces = reader.boolean();
  }
}

void parse_model(const std::string& where, SentencePieceFile* out) {
  ProtobufReader reader(out->bytes, where);
  while (reader.next()) {
    switch (reader.field()) {
      case 1:
        if (out->pieces.size() == kMaxPieces) reader.fail("there are too many pieces");
        out->pieces.push_back(parse_piece(reader.bytes(), where));
        break;
      case 2:
        parse_trainer_spec(reader.bytes(), where, out);
        break;
      case 3:
        parse_normalizer_spec(reader.bytes(), where, &out->normalizer);
        break;
      case 5:
        parse_normalizer_spec(reader.bytes(), where, &out->denormalizer);
        break;
      default:
        break;
    }
  }
  if (out->pieces.empty()) reader.fail("it has no pieces");
}

}  // namespace

void read_sentencepiece_file(const std::filesystem::path& path, SentencePieceFile* out) {
  const std::string where = path.string() + " (as a SentencePiece model)";
  std::error_code ignored;
  if (std::filesystem::file_size(path, ignored) > kMaxModelFile && !ignored) {
    throw Error(ErrorCode::invalid_input, where + " is too large to be one");
  }
  out->bytes = read_file(path);
  parse_model(where, out);
  if (!out->byte_fallback) return;
  for (SentencePiece& piece : out->pieces) {
    // Left by converters; SentencePiece does not use it either.
    if (piece.text == std::string_view("\0", 1)) piece.type = PieceType::unused;
  }
}

ModelPtr make_sentencepiece_model(const SentencePieceFile& file) {
  switch (file.model_type) {
    case SentencePieceFile::ModelType::unigram:
      return std::make_unique<SentencePieceUnigram>(file.pieces, file.byte_fallback);
    case SentencePieceFile::ModelType::bpe:
      return std::make_unique<SentencePieceBpe>(file.pieces, file.byte_fallback);
    case SentencePieceFile::ModelType::word:
      return std::make_unique<SentencePieceWord>(file.pieces, file.byte_fallback);
    case SentencePieceFile::ModelType::character:
      break;
  }
  return std::make_unique<SentencePieceChar>(file.pieces, file.byte_fallback);
}

}  // namespace jnlp::tok
