#include "tokenize/models/wordpiece.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/utf8.h"

namespace jnlp::tok {
namespace {

PrefixTrie tokens_behind(const Vocabulary& vocabulary, std::string_view prefix) {
  std::vector<PrefixTrie::Entry> entries;
  for (size_t id = 0; id < vocabulary.id_limit(); ++id) {
    const auto token = vocabulary.token(static_cast<int64_t>(id));
    if (!token || !token->starts_with(prefix)) continue;
    entries.emplace_back(token->substr(prefix.size()), static_cast<int32_t>(id));
  }
  return PrefixTrie(std::move(entries));
}

}  // namespace

WordPiece::WordPiece(Vocabulary vocabulary, Options options)
    : Model(std::move(vocabulary)),
      options_(std::move(options)),
      unknown_id_(this->vocabulary().find(options_.unknown_token)),
      starts_(tokens_behind(this->vocabulary(), "")),
      continuations_(tokens_behind(this->vocabulary(), options_.continuing_prefix)) {}

int32_t WordPiece::require_unknown_id() const {
  if (unknown_id_) return *unknown_id_;
  throw Error(ErrorCode::invalid_input,
              fmt::format("a word is in no token, and the unknown token \"{}\" is not in the "
                          "vocabulary of the tokenizer",
                          options_.unknown_token));
}

void WordPiece::tokenize(std::string_view word, ModelState* /*state*/,
                         std::vector<ModelToken>* tokens) const {
  const auto size = static_cast<uint32_t>(word.size());
  const bool too_long =
      word.size() > options_.max_word_length && count_code_points(word) > options_.max_word_length;
  if (too_long) return tokens->push_back({require_unknown_id(), 0, size});
  const int32_t whole = vocabulary().find(word, hash_bytes(word));
  if (whole >= 0) return tokens->push_back({whole, 0, size});
  const size_t before = tokens->size();
  for (uint32_t begin = 0; begin < size;) {
    const PrefixTrie& trie = begin == 0 ? starts_ : continuations_;
    const PrefixTrie::Longest piece = trie.longest_prefix(word.substr(begin));
    if (piece.value < 0) {
      tokens->resize(before);
      return tokens->push_back({require_unknown_id(), 0, size});
    }
    const auto end = begin + static_cast<uint32_t>(piece.length);
    tokens->push_back({piece.value, begin, end});
    begin = end;
  }
}

}  // namespace jnlp::tok
