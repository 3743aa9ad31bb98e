#include "tokenize/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/utf8.h"
#include "tokenize/text/byte_alphabet.h"
#include "tokenize/text/sentencepiece_normalizer.h"
#include "tokenize/unicode/unicode.h"

namespace jnlp {
namespace {

using tok::TokenSequence;

// Each byte costs some tens of bytes of memory on its way. check_size() bounds replaced text.
constexpr size_t kMaxText = size_t{1} << 26U;

bool is_trimmed(char32_t c) {
  return c == tok::letter_of_byte(' ') || tok::has_property(c, tok::kWhitespace);
}

TokenSequence::Spaces count_spaces(std::string_view token) {
  std::vector<bool> trimmed;
  tok::for_each_code_point(token, [&](char32_t c) { trimmed.push_back(is_trimmed(c)); });
  const auto leading = std::find(trimmed.begin(), trimmed.end(), false) - trimmed.begin();
  const auto trailing = std::find(trimmed.rbegin(), trimmed.rend(), false) - trimmed.rbegin();
  constexpr std::ptrdiff_t kMost = std::numeric_limits<uint16_t>::max();
  return {static_cast<uint16_t>(std::min(leading, kMost)),
          static_cast<uint16_t>(std::min(trailing, kMost))};
}

void check_text(std::string_view text) {
  if (text.size() > kMaxText) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("a text of {} bytes is too long to tokenize; the limit is {} bytes",
                            text.size(), kMaxText));
  }
  const std::optional<size_t> bad = find_invalid_utf8(text);
  if (!bad) return;
  throw Error(ErrorCode::invalid_input,
              fmt::format("the text is not well-formed UTF-8 (near byte {})", *bad));
}

}  // namespace

// A state of the model for the time of one call.
class Tokenizer::Pipeline::StateLease {
 public:
  explicit StateLease(const Pipeline& pipeline)
      : pipeline_(pipeline), state_(pipeline.take_state()) {}
  ~StateLease() { pipeline_.give_back(std::move(state_)); }
  StateLease(const StateLease&) = delete;
  StateLease& operator=(const StateLease&) = delete;

  tok::ModelState* get() const { return state_.get(); }

 private:
  const Pipeline& pipeline_;
  std::unique_ptr<tok::ModelState> state_;
};

std::unique_ptr<tok::ModelState> Tokenizer::Pipeline::take_state() const {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_states_.empty()) {
      std::unique_ptr<tok::ModelState> state = std::move(idle_states_.back());
      idle_states_.pop_back();
      return state;
    }
  }
  return model->make_state();
}

void Tokenizer::Pipeline::give_back(std::unique_ptr<tok::ModelState> state) const {
  if (!state) return;
  const std::lock_guard lock(mutex_);
  idle_states_.push_back(std::move(state));
}

void Tokenizer::Pipeline::finish() {
  added = tok::AddedVocabulary(added_tokens, model->vocabulary(), normalizer.get());
  if (post_processor.trims.empty()) {
    fast_path = tok::BertFastPath::make(normalizer.get(), pre_tokenizer.get(), *model);
    return;
  }
  spaces_of_token.resize(model->vocabulary().id_limit());
  for (size_t id = 0; id < spaces_of_token.size(); ++id) {
    const auto token = model->vocabulary().token(static_cast<int64_t>(id));
    if (token) spaces_of_token[id] = count_spaces(*token);
  }
}

tok::TokenSequence Tokenizer::Pipeline::tokenize(std::string_view text) const {
  check_text(text);
  tok::TokenSequence out;
  if (fast_path && added.is_absent_from(text)) {
    fast_path->tokenize(text, &out);
    return out;
  }
  tok::PieceList pieces = added.split(text, normalizer.get());
  if (pre_tokenizer) pre_tokenizer->apply(&pieces);
  tokenize_pieces(pieces, &out);
  return out;
}

void Tokenizer::Pipeline::tokenize_pieces(const tok::PieceList& pieces,
                                          tok::TokenSequence* out) const {
  const StateLease state(*this);
  std::vector<tok::ModelToken> tokens;
  const size_t expected = pieces.pieces().size() + pieces.pieces().size() / 2;
  out->ids.reserve(expected);
  out->offsets.reserve(expected);
  out->words.reserve(expected);
  int32_t word = 0;
  for (const tok::Piece& piece : pieces.pieces()) {
    tokens.clear();
    const std::string_view text = pieces.text_of(piece);
    if (piece.token >= 0) {
      tokens.push_back({piece.token, 0, static_cast<uint32_t>(text.size())});
    } else {
      model->tokenize(text, state.get(), &tokens);
    }
    for (const tok::ModelToken& token : tokens) {
      if (starts_word(text, token)) ++word;
      append(pieces, piece, word, token, out);
    }
    ++word;
  }
}

bool Tokenizer::Pipeline::starts_word(std::string_view text, const tok::ModelToken& token) const {
  if (word_starts == WordStarts::at_pieces || token.begin == 0) return false;
  if (word_starts == WordStarts::at_space_symbol) {
    return text.substr(token.begin).starts_with(tok::kSpaceSymbol);
  }
  return text.substr(0, token.begin).ends_with(tok::kSpaceSymbol);
}

void Tokenizer::Pipeline::append(const tok::PieceList& pieces, const tok::Piece& piece,
                                 int32_t word, const tok::ModelToken& token,
                                 tok::TokenSequence* out) const {
  // Ranges outside of the piece stay as they are: the library does no better.
  TextSpan span{token.begin, token.end};
  if (token.begin < token.end && token.end <= piece.end - piece.begin) {
    span = {pieces.alignment()[piece.begin + token.begin].begin,
            pieces.alignment()[piece.begin + token.end - 1].end};
  } else if (token.begin == token.end && token.begin < piece.end - piece.begin) {
    const uint32_t place = pieces.alignment()[piece.begin + token.begin].begin;
    span = {place, place};
  }
  out->ids.push_back(token.id);
  out->offsets.push_back(span);
  out->words.push_back(word);
  if (post_processor.trims.empty()) return;
  const bool from_model = piece.token < 0;
  out->spaces.push_back(from_model ? spaces_of_token[static_cast<size_t>(token.id)]
                                   : count_spaces(pieces.text_of(piece)));
}

}  // namespace jnlp
