#include "tokenize/models/sentencepiece.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"

namespace jnlp::tok {
namespace {

// SentencePiece's own limit.
constexpr size_t kMaxPieceBytes = 8000;

[[noreturn]] void fail(const std::string& problem) {
  throw Error(ErrorCode::invalid_input, problem);
}

bool is_reserved(PieceType type) {
  return type == PieceType::unknown || type == PieceType::control || type == PieceType::byte;
}

// Some converters add a piece of one zero byte; SentencePiece leaves it unused.
bool is_stray_zero(const SentencePiece& piece) {
  return piece.text == std::string_view("\0", 1) && piece.type == PieceType::unused;
}

void check_piece(const SentencePiece& piece, size_t id, const Vocabulary& known) {
  if (piece.text.empty()) fail(fmt::format("piece {} is empty", id));
  if (piece.text.size() >= kMaxPieceBytes) fail(fmt::format("piece {} is too long", id));
  if (!is_valid_utf8(piece.text)) fail(fmt::format("piece {} is not UTF-8", id));
  if (known.find(piece.text)) fail(fmt::format("piece {} (\"{}\") is there twice", id, piece.text));
  const bool has_zero = piece.text.find('\0') != std::string_view::npos;
  if (has_zero && !is_stray_zero(piece)) fail(fmt::format("piece {} has a zero byte", id));
}

Vocabulary make_vocabulary(const std::vector<SentencePiece>& pieces) {
  size_t bytes = 0;
  for (const SentencePiece& piece : pieces) bytes += piece.text.size();
  Vocabulary vocabulary;
  vocabulary.reserve(pieces.size(), bytes);
  for (size_t id = 0; id < pieces.size(); ++id) {
    check_piece(pieces[id], id, vocabulary);
    vocabulary.add(pieces[id].text, static_cast<int64_t>(id));
  }
  return vocabulary;
}

}  // namespace

uint32_t character_length(std::string_view text, size_t position) {
  const auto lead = static_cast<unsigned char>(text[position]);
  const uint32_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return static_cast<uint32_t>(std::min<size_t>(length, text.size() - position));
}

PrefixTrie user_defined_symbols(const std::vector<SentencePiece>& pieces) {
  std::vector<PrefixTrie::Entry> entries;
  for (size_t id = 0; id < pieces.size(); ++id) {
    if (pieces[id].type != PieceType::user_defined) continue;
    entries.emplace_back(pieces[id].text, static_cast<int32_t>(id));
  }
  return entries.empty() ? PrefixTrie() : PrefixTrie(std::move(entries));
}

SentencePieceModel::SentencePieceModel(const std::vector<SentencePiece>& pieces, bool byte_fallback)
    : Model(make_vocabulary(pieces)), byte_fallback_(byte_fallback) {
  byte_ids_.fill(-1);
  types_.reserve(pieces.size());
  scores_.reserve(pieces.size());
  for (size_t id = 0; id < pieces.size(); ++id) {
    types_.push_back(pieces[id].type);
    scores_.push_back(pieces[id].score);
    if (pieces[id].type != PieceType::unknown) continue;
    if (unknown_id_ >= 0) fail(fmt::format("piece {} is a second unknown piece", id));
    unknown_id_ = static_cast<int32_t>(id);
  }
  for (size_t byte = 0; byte < byte_ids_.size(); ++byte) {
    const auto id = vocabulary().find(fmt::format("<0x{:02X}>", byte));
    if (id && type(*id) == PieceType::byte) byte_ids_[byte] = *id;
  }
  check_unknown_and_bytes(byte_fallback);
}

void SentencePieceModel::check_unknown_and_bytes(bool byte_fallback) const {
  const auto byte_pieces = std::count(types_.begin(), types_.end(), PieceType::byte);
  const auto bytes =
      std::count_if(byte_ids_.begin(), byte_ids_.end(), [](int32_t id) { return id >= 0; });
  if (!byte_fallback) {
    if (byte_pieces > 0) fail("there are byte pieces, but byte_fallback is off");
    if (unknown_id_ < 0) fail("there is no unknown piece");
    return;
  }
  if (bytes != 256 || byte_pieces != 256) {
    fail(fmt::format("byte_fallback needs a piece for each of 256 bytes, and {} are there", bytes));
  }
}

int32_t SentencePieceModel::find_text_piece(std::string_view text) const {
  const int32_t id = vocabulary().find(text, hash_bytes(text));
  return id < 0 || is_reserved(type(id)) ? -1 : id;
}

std::unique_ptr<ModelState> SentencePieceModel::make_state() const {
  return std::make_unique<State>();
}

void SentencePieceModel::tokenize(std::string_view text, ModelState* model_state,
                                  std::vector<ModelToken>* tokens) const {
  auto* state = static_cast<State*>(model_state);
  state->segments.clear();
  segment(text, state);
  bool after_unknown = false;
  for (const ModelToken& part : state->segments) {
    const bool unknown = part.id == unknown_id_;
    if (unknown && byte_fallback_) {
      for (uint32_t i = part.begin; i < part.end; ++i) {
        const int32_t id = byte_ids_[static_cast<unsigned char>(text[i])];
        tokens->push_back({id, part.begin, i + 1 == part.end ? part.end : part.begin});
      }
    } else if (unknown && after_unknown) {
      tokens->back().end = part.end;
    } else {
      tokens->push_back(part);
    }
    after_unknown = unknown;
  }
}

}  // namespace jnlp::tok
