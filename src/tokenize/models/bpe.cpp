#include "tokenize/models/bpe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <queue>

#include "base/error.h"
#include "base/utf8.h"
#include "tokenize/text/byte_alphabet.h"

namespace jnlp::tok {
namespace {

// Up to here looking for the best pair again and again is faster than a heap.
constexpr size_t kShortWord = 48;

std::string letter(unsigned char byte) {
  std::string text;
  append_utf8(letter_of_byte(byte), &text);
  return text;
}

}  // namespace

// Remembers the tokens of short pieces: a piece's place is given by its hash, the latest stays.
class Bpe::PieceCache {
 public:
  static constexpr size_t kMaxBytes = 23;
  static constexpr size_t kMaxTokens = 6;

  struct Entry {
    uint8_t size = 0;  // 0 for a free entry
    uint8_t tokens = 0;
    char bytes[kMaxBytes + 1] = {};
    uint8_t ends[kMaxTokens] = {};
    int32_t ids[kMaxTokens] = {};
  };

  Entry& entry(uint64_t hash) { return entries_[hash % kEntries]; }

 private:
  static constexpr size_t kEntries = 16384;
  std::vector<Entry> entries_ = std::vector<Entry>(kEntries);
};

struct Bpe::State : ModelState {
  std::vector<Symbol> symbols;
  PieceCache cache;
};

Bpe::Bpe(Vocabulary vocabulary, MergeTable merges, Options options)
    : Model(std::move(vocabulary)), merges_(std::move(merges)), options_(std::move(options)) {
  const bool plain = options_.continuing_prefix.empty() && options_.word_suffix.empty();
  for (size_t byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<unsigned char>(byte);
    byte_fallback_ids_[byte] =
        this->vocabulary().find(fmt::format("<0x{:02X}>", byte)).value_or(-1);
    letter_ids_[byte] = this->vocabulary().find(letter(c)).value_or(-1);
    if (byte < 128) {
      const std::string one(1, static_cast<char>(c));
      ascii_ids_[byte] = plain ? this->vocabulary().find(one).value_or(-1) : -1;
    }
  }
}

std::unique_ptr<ModelState> Bpe::make_state() const {
  return std::make_unique<State>();
}

bool Bpe::use_bytes() {
  const bool complete =
      std::all_of(letter_ids_.begin(), letter_ids_.end(), [](int32_t id) { return id >= 0; });
  if (!complete || !options_.continuing_prefix.empty() || !options_.word_suffix.empty()) {
    return false;
  }
  takes_bytes_ = true;
  if (!options_.ignore_merges) return true;
  byte_vocabulary_.reserve(vocabulary().size(), vocabulary().size() * 8);
  std::string bytes;
  for (size_t id = 0; id < vocabulary().id_limit(); ++id) {
    const auto token = vocabulary().token(static_cast<int64_t>(id));
    bytes.clear();
    if (token && bytes_of_token(*token, &bytes)) {
      byte_vocabulary_.add(bytes, static_cast<int64_t>(id));
    }
  }
  return true;
}

std::optional<int32_t> Bpe::whole_token(std::string_view piece) const {
  return takes_bytes_ ? byte_vocabulary_.find(piece) : vocabulary().find(piece);
}

int32_t Bpe::require_unknown_id() const {
  if (const auto id = vocabulary().find(options_.unknown_token)) return *id;
  throw Error(ErrorCode::invalid_input,
              fmt::format("a character is in no token, and the unknown token \"{}\" is not in the "
                          "vocabulary of the tokenizer",
                          options_.unknown_token));
}

bool Bpe::add_bytes(std::string_view text, std::vector<Symbol>* symbols) const {
  const auto id_of = [this](char c) { return byte_fallback_ids_[static_cast<unsigned char>(c)]; };
  if (std::any_of(text.begin(), text.end(), [&](char c) { return id_of(c) < 0; })) return false;
  for (const char c : text) symbols->push_back({id_of(c), 0, 0, 1});
  return true;
}

// The order in which unknown characters and byte tokens come out is the library's, also where it
// is odd: an unknown run is written when the next known character ends it, behind byte tokens.
void Bpe::split(std::string_view piece, std::vector<Symbol>* symbols) const {
  std::string decorated;
  bool unknown_open = false;
  Symbol unknown{};
  const auto close_unknown = [&] {
    if (unknown_open) symbols->push_back(unknown);
    unknown_open = false;
  };
  for (size_t position = 0; position < piece.size();) {
    const size_t begin = position;
    decode_utf8(piece, &position);
    std::string_view text = piece.substr(begin, position - begin);
    const auto length = static_cast<uint32_t>(text.size());
    int32_t id = -1;
    if (length == 1) id = ascii_ids_[static_cast<unsigned char>(text[0])];
    if (id < 0) {
      decorated.clear();
      if (begin > 0) decorated += options_.continuing_prefix;
      decorated += text;
      if (position == piece.size()) decorated += options_.word_suffix;
      text = decorated;
      id = vocabulary().find(text).value_or(-1);
    }
    if (id >= 0) {
      close_unknown();
      symbols->push_back({id, 0, 0, length});
    } else if (options_.byte_fallback && add_bytes(text, symbols)) {
      continue;
    } else if (!options_.unknown_token.empty()) {
      if (unknown_open && options_.fuse_unknown) {
        unknown.length += length;
      } else {
        close_unknown();
        unknown = {require_unknown_id(), 0, 0, length};
        unknown_open = true;
      }
    }
  }
  close_unknown();
}

void Bpe::merge_short(std::vector<Symbol>* symbols) const {
  // Ranks of the pair that begins at each symbol, the same for all later searches.
  std::array<MergeTable::Merge, kShortWord> merges;
  constexpr MergeTable::Merge kNone{~0U, -1};
  const auto look_up = [&](size_t i) {
    const MergeTable::Merge* found =
        i + 1 < symbols->size() ? merges_.find((*symbols)[i].id, (*symbols)[i + 1].id) : nullptr;
    merges[i] = found != nullptr ? *found : kNone;
  };
  for (size_t i = 0; i < symbols->size(); ++i) look_up(i);
  while (symbols->size() > 1) {
    size_t best = 0;
    for (size_t i = 1; i + 1 < symbols->size(); ++i) {
      if (merges[i].rank < merges[best].rank) best = i;
    }
    if (merges[best].id < 0) return;
    (*symbols)[best].id = merges[best].id;
    (*symbols)[best].length += (*symbols)[best + 1].length;
    symbols->erase(symbols->begin() + static_cast<std::ptrdiff_t>(best) + 1);
    std::copy(merges.begin() + static_cast<std::ptrdiff_t>(best) + 2,
              merges.begin() + static_cast<std::ptrdiff_t>(symbols->size()) + 1,
              merges.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    look_up(best);
    if (best > 0) look_up(best - 1);
  }
}

void Bpe::merge(State* state) const {
  std::vector<Symbol>& symbols = state->symbols;
  if (symbols.size() <= kShortWord) return merge_short(&symbols);
  const auto count = static_cast<int32_t>(symbols.size());
  std::priority_queue<Candidate> heap;
  const auto offer = [&](int32_t left, int32_t right) {
    const MergeTable::Merge* found =
        merges_.find(symbols[static_cast<size_t>(left)].id, symbols[static_cast<size_t>(right)].id);
    if (found != nullptr) heap.push({found->rank, left, found->id});
  };
  for (int32_t i = 0; i < count; ++i) {
    symbols[static_cast<size_t>(i)].previous = i - 1;
    symbols[static_cast<size_t>(i)].next = i + 1 < count ? i + 1 : -1;
    if (i > 0) offer(i - 1, i);
  }
  while (!heap.empty()) {
    const Candidate best = heap.top();
    heap.pop();
    Symbol& left = symbols[static_cast<size_t>(best.position)];
    if (left.length == 0 || left.next < 0) continue;
    Symbol& right = symbols[static_cast<size_t>(left.next)];
    const MergeTable::Merge* now = merges_.find(left.id, right.id);
    if (now == nullptr || now->id != best.id) continue;  // one of the two has changed since
    left.id = best.id;
    left.length += right.length;
    left.next = right.next;
    right.length = 0;
    if (left.next >= 0) symbols[static_cast<size_t>(left.next)].previous = best.position;
    if (left.previous >= 0) offer(left.previous, best.position);
    if (left.next >= 0) offer(best.position, left.next);
  }
  std::erase_if(symbols, [](const Symbol& symbol) { return symbol.length == 0; });
}

void Bpe::tokenize(std::string_view piece, ModelState* model_state,
                   std::vector<ModelToken>* tokens) const {
  if (options_.ignore_merges) {
    if (const auto id = whole_token(piece)) {
      return tokens->push_back({*id, 0, static_cast<uint32_t>(piece.size())});
    }
  }
  auto* state = static_cast<State*>(model_state);
  PieceCache::Entry* entry = nullptr;
  if (piece.size() <= PieceCache::kMaxBytes) {
    entry = &state->cache.entry(hash_bytes(piece));
    if (entry->size == piece.size() && std::memcmp(entry->bytes, piece.data(), piece.size()) == 0) {
      uint32_t begin = 0;
      for (size_t i = 0; i < entry->tokens; ++i) {
        tokens->push_back({entry->ids[i], begin, entry->ends[i]});
        begin = entry->ends[i];
      }
      return;
    }
  }
  state->symbols.clear();
  if (takes_bytes_) {
    for (const char c : piece) {
      state->symbols.push_back({letter_ids_[static_cast<unsigned char>(c)], 0, 0, 1});
    }
  } else {
    split(piece, &state->symbols);
  }
  merge(state);
  uint32_t begin = 0;
  for (const Symbol& symbol : state->symbols) {
    tokens->push_back({symbol.id, begin, begin + symbol.length});
    begin += symbol.length;
  }
  if (entry == nullptr || state->symbols.size() > PieceCache::kMaxTokens || begin > 255) return;
  entry->size = static_cast<uint8_t>(piece.size());
  entry->tokens = static_cast<uint8_t>(state->symbols.size());
  std::memcpy(entry->bytes, piece.data(), piece.size());
  uint32_t end = 0;
  for (size_t i = 0; i < state->symbols.size(); ++i) {
    end += state->symbols[i].length;
    entry->ids[i] = state->symbols[i].id;
    entry->ends[i] = static_cast<uint8_t>(end);
  }
}

}  // namespace jnlp::tok
