#include "tokenize/models/sentencepiece_bpe.h"

#include <algorithm>
#include <bit>
#include <unordered_map>

namespace jnlp::tok {
namespace {

constexpr uint32_t kNoSymbol = ~0U;
// SentencePiece's limit for taking unused pieces apart; it keeps hostile models off the stack.
constexpr int kMaxPieceDepth = 100;

// Floats in the order in which SentencePiece compares their bits.
uint32_t order_of(float score) {
  const auto bits = std::bit_cast<uint32_t>(score);
  constexpr uint32_t kSign = 0x80000000U;
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

}  // namespace

struct SentencePieceBpe::Symbol {
  uint32_t begin;
  uint32_t length;  // 0 once merged into the one before
  uint32_t previous;
  uint32_t next;
  bool frozen;  // defined by the user, never merged
};

struct SentencePieceBpe::Pair {
  uint32_t order;
  uint32_t left;
  uint32_t right;
  uint32_t length;
  bool operator<(const Pair& other) const {
    return order != other.order ? order < other.order : left > other.left;
  }
};

struct SentencePieceBpe::Work : State {
  std::vector<Symbol> symbols;
  std::vector<Pair> heap;
  // Where the unused pieces that were merged on the way can be cut again.
  std::unordered_map<std::string_view, uint32_t> cuts;

  void clear() {
    symbols.clear();
    heap.clear();
    cuts.clear();
  }
};

SentencePieceBpe::SentencePieceBpe(const std::vector<SentencePiece>& pieces, bool byte_fallback)
    : SentencePieceModel(pieces, byte_fallback), symbols_(user_defined_symbols(pieces)) {
  for (const SentencePiece& piece : pieces) longest_ = std::max(longest_, piece.text.size());
}

std::unique_ptr<ModelState> SentencePieceBpe::make_state() const {
  return std::make_unique<Work>();
}

void SentencePieceBpe::split(std::string_view text, Work* work) const {
  for (uint32_t begin = 0; begin < text.size();) {
    const PrefixTrie::Longest symbol = symbols_.longest_prefix(text.substr(begin));
    const bool frozen = symbol.value >= 0;
    const uint32_t length =
        frozen ? static_cast<uint32_t>(symbol.length) : character_length(text, begin);
    const auto index = static_cast<uint32_t>(work->symbols.size());
    const bool last = begin + length == text.size();
    work->symbols.push_back(
        {begin, length, index == 0 ? kNoSymbol : index - 1, last ? kNoSymbol : index + 1, frozen});
    begin += length;
  }
}

void SentencePieceBpe::offer(std::string_view text, uint32_t left, uint32_t right,
                             Work* work) const {
  if (left == kNoSymbol || right == kNoSymbol) return;
  const Symbol& a = work->symbols[left];
  const Symbol& b = work->symbols[right];
  const uint32_t length = a.length + b.length;
  if (a.frozen || b.frozen || length > longest_) return;
  const std::string_view piece = text.substr(a.begin, length);
  const int32_t id = find_text_piece(piece);
  if (id < 0) return;
  work->heap.push_back({order_of(score(id)), left, right, length});
  std::push_heap(work->heap.begin(), work->heap.end());
  if (type(id) == PieceType::unused) work->cuts[piece] = a.length;
}

void SentencePieceBpe::merge(std::string_view text, Work* work) const {
  for (uint32_t right = 1; right < work->symbols.size(); ++right) {
    offer(text, right - 1, right, work);
  }
  while (!work->heap.empty()) {
    std::pop_heap(work->heap.begin(), work->heap.end());
    const Pair pair = work->heap.back();
    work->heap.pop_back();
    Symbol& left = work->symbols[pair.left];
    Symbol& right = work->symbols[pair.right];
    const bool stale =
        left.length == 0 || right.length == 0 || left.length + right.length != pair.length;
    if (stale) continue;
    left.length = pair.length;
    left.next = right.next;
    if (right.next != kNoSymbol) work->symbols[right.next].previous = pair.left;
    right.length = 0;
    offer(text, left.previous, pair.left, work);
    offer(text, pair.left, left.next, work);
  }
}

// An unused piece is taken apart into what it was merged from.
void SentencePieceBpe::emit(std::string_view text, uint32_t begin, uint32_t end, int depth,
                            Work* work) const {
  const std::string_view piece = text.substr(begin, end - begin);
  const int32_t id = find_text_piece(piece);
  if (id < 0 || type(id) != PieceType::unused || depth > kMaxPieceDepth) {
    return work->segments.push_back({id < 0 ? unknown_piece() : id, begin, end});
  }
  const auto cut = work->cuts.find(piece);
  if (cut == work->cuts.end()) return work->segments.push_back({unknown_piece(), begin, end});
  const uint32_t middle = begin + cut->second;
  emit(text, begin, middle, depth + 1, work);
  emit(text, middle, end, depth + 1, work);
}

void SentencePieceBpe::segment(std::string_view text, State* state) const {
  auto* work = static_cast<Work*>(state);
  work->clear();
  split(text, work);
  merge(text, work);
  for (uint32_t i = 0; i != kNoSymbol; i = work->symbols[i].next) {
    const Symbol& symbol = work->symbols[i];
    emit(text, symbol.begin, symbol.begin + symbol.length, 0, work);
  }
  work->cuts.clear();  // its keys are parts of `text`
}

}  // namespace jnlp::tok
