#include "tokenize/bert_fast_path.h"

#include "tokenize/unicode/unicode.h"

namespace jnlp::tok {

std::unique_ptr<const BertFastPath> BertFastPath::make(const Normalizer* normalizer,
                                                       const PreTokenizer* pre_tokenizer,
                                                       const Model& model) {
  const auto* bert = dynamic_cast<const BertNormalizer*>(normalizer);
  const auto* wordpiece = dynamic_cast<const WordPiece*>(&model);
  if (bert == nullptr || wordpiece == nullptr || !bert->options().clean_text) return nullptr;
  if (dynamic_cast<const BertPreTokenizer*>(pre_tokenizer) == nullptr) return nullptr;
  return std::unique_ptr<const BertFastPath>(new BertFastPath(*bert, *pre_tokenizer, *wordpiece));
}

BertFastPath::BertFastPath(const BertNormalizer& normalizer, const PreTokenizer& pre_tokenizer,
                           const WordPiece& model)
    : normalizer_(normalizer), pre_tokenizer_(pre_tokenizer), model_(model) {
  for (char32_t c = 0; c < 256; ++c) {
    lower_[c] = static_cast<char>(c);
    kinds_[c] = Kind::letter;
    if (c >= 0x80 || has_property(c, kBertControl)) {
      kinds_[c] = Kind::other;
    } else if (has_property(c, kWhitespace)) {
      kinds_[c] = Kind::space;
    } else if (has_property(c, kPunctuation)) {
      kinds_[c] = Kind::punctuation;
    }
    if (normalizer.options().lowercase && c >= 'A' && c <= 'Z') {
      lower_[c] = static_cast<char>(c - 'A' + 'a');
    }
  }
}

void BertFastPath::tokenize(std::string_view text, TokenSequence* out) const {
  const size_t expected = text.size() / 4 + 8;
  out->ids.reserve(expected);
  out->offsets.reserve(expected);
  out->words.reserve(expected);
  std::string lower;
  std::vector<ModelToken> tokens;
  int32_t word = 0;
  const auto size = static_cast<uint32_t>(text.size());
  for (uint32_t begin = 0; begin < size;) {
    bool plain = true;
    uint32_t end = begin;
    for (; end < size; ++end) {
      const Kind kind = kinds_[static_cast<unsigned char>(text[end])];
      if (kind == Kind::space) break;
      if (kind == Kind::other) plain = false;
    }
    if (plain) {
      plain_stretch(text, begin, end, &word, &lower, &tokens, out);
    } else {
      other_stretch(text, begin, end, &word, &tokens, out);
    }
    begin = end + 1;
  }
}

void BertFastPath::plain_stretch(std::string_view text, uint32_t begin, uint32_t end, int32_t* word,
                                 std::string* lower, std::vector<ModelToken>* tokens,
                                 TokenSequence* out) const {
  while (begin < end) {
    lower->clear();
    uint32_t stop = begin;
    if (kinds_[static_cast<unsigned char>(text[stop])] == Kind::punctuation) {
      lower->push_back(text[stop++]);
    } else {
      for (; stop < end; ++stop) {
        const auto c = static_cast<unsigned char>(text[stop]);
        if (kinds_[c] == Kind::punctuation) break;
        lower->push_back(lower_[c]);
      }
    }
    tokens->clear();
    model_.tokenize(*lower, nullptr, tokens);
    for (const ModelToken& token : *tokens) {
      out->ids.push_back(token.id);
      out->offsets.push_back({begin + token.begin, begin + token.end});
      out->words.push_back(*word);
    }
    ++*word;
    begin = stop;
  }
}

void BertFastPath::other_stretch(std::string_view text, uint32_t begin, uint32_t end, int32_t* word,
                                 std::vector<ModelToken>* tokens, TokenSequence* out) const {
  NormalizedText normalized(text.substr(begin, end - begin), begin);
  normalizer_.apply(&normalized);
  PieceList pieces;
  pieces.add(normalized, {0, static_cast<uint32_t>(normalized.text().size())}, {begin, end}, -1);
  pre_tokenizer_.apply(&pieces);
  for (const Piece& piece : pieces.pieces()) {
    tokens->clear();
    model_.tokenize(pieces.text_of(piece), nullptr, tokens);
    for (const ModelToken& token : *tokens) {
      out->ids.push_back(token.id);
      out->offsets.push_back({pieces.alignment()[piece.begin + token.begin].begin,
                              pieces.alignment()[piece.begin + token.end - 1].end});
      out->words.push_back(*word);
    }
    ++*word;
  }
}

}  // namespace jnlp::tok
