#include "tokenize/models/sentencepiece_unigram.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "tokenize/models/unigram_paths.h"

namespace jnlp::tok {
namespace {

// Sums beyond this would lose the differences between pieces; they are then counted anew.
constexpr float kResetThreshold = 100000.0F;

// Long symbols are worth more than the sum of short ones.
float user_defined_score(size_t length) {
  return static_cast<float>(0.1 * static_cast<double>(length - 1));
}

PrefixTrie text_pieces(const std::vector<SentencePiece>& pieces) {
  std::vector<PrefixTrie::Entry> entries;
  entries.reserve(pieces.size());
  for (size_t id = 0; id < pieces.size(); ++id) {
    const PieceType type = pieces[id].type;
    if (type == PieceType::normal || type == PieceType::user_defined) {
      entries.emplace_back(pieces[id].text, static_cast<int32_t>(id));
    }
  }
  if (entries.empty()) {
    throw Error(ErrorCode::invalid_input, "there is no piece that text could become");
  }
  return PrefixTrie(std::move(entries));
}

}  // namespace

// The best way to the place before a byte: the piece it ends with and where that begins.
struct SentencePieceUnigram::Node {
  float score = 0;
  uint32_t begin = kNowhere;
  int32_t id = -1;
};

struct SentencePieceUnigram::Search : State {
  std::vector<Node> nodes;
};

class SentencePieceUnigram::Lattice {
 public:
  Lattice(std::vector<Node>* nodes, size_t size) : nodes_(*nodes) { nodes_.assign(size + 1, {}); }

  void offer(uint32_t begin, uint32_t end, float score, int32_t id) {
    frontier_ = std::max(frontier_, end);
    Node& node = nodes_[end];
    if (node.begin == kNowhere || score > node.score) node = {score, begin, id};
  }

  // The score of the best way to `begin`; all open scores shrink by it when it has grown too far.
  float score_at(uint32_t begin) {
    const float score = nodes_[begin].score;
    if (std::abs(score) <= kResetThreshold) return score;
    for (uint32_t i = begin; i <= frontier_; ++i) {
      if (i == begin || nodes_[i].begin != kNowhere) nodes_[i].score -= score;
    }
    return 0;
  }

 private:
  std::vector<Node>& nodes_;
  uint32_t frontier_ = 0;
};

SentencePieceUnigram::SentencePieceUnigram(const std::vector<SentencePiece>& pieces,
                                           bool byte_fallback)
    : SentencePieceModel(pieces, byte_fallback), trie_(text_pieces(pieces)) {
  float lowest = std::numeric_limits<float>::max();
  for (size_t id = 0; id < pieces.size(); ++id) {
    if (!std::isfinite(pieces[id].score)) {
      throw Error(ErrorCode::invalid_input, fmt::format("the score of piece {} is no number", id));
    }
    if (pieces[id].type == PieceType::normal) lowest = std::min(lowest, pieces[id].score);
  }
  unknown_score_ = lowest - kUnknownPenalty;
}

std::unique_ptr<ModelState> SentencePieceUnigram::make_state() const {
  return std::make_unique<Search>();
}

void SentencePieceUnigram::segment(std::string_view text, State* state) const {
  std::vector<Node>& nodes = static_cast<Search*>(state)->nodes;
  Lattice lattice(&nodes, text.size());
  for (uint32_t begin = 0; begin < text.size();) {
    const float so_far = lattice.score_at(begin);
    const uint32_t length = character_length(text, begin);
    bool has_single = false;
    trie_.for_each_prefix(text.substr(begin), [&](size_t bytes, int32_t id) {
      const bool is_symbol = type(id) == PieceType::user_defined;
      const float own = is_symbol ? user_defined_score(bytes) : score(id);
      lattice.offer(begin, begin + static_cast<uint32_t>(bytes), own + so_far, id);
      if (bytes == length) has_single = true;
    });
    if (!has_single) {
      lattice.offer(begin, begin + length, unknown_score_ + so_far, unknown_piece());
    }
    begin += length;
  }
  for (auto end = static_cast<uint32_t>(text.size()); end > 0; end = nodes[end].begin) {
    state->segments.push_back({nodes[end].id, nodes[end].begin, end});
  }
  std::reverse(state->segments.begin(), state->segments.end());
}

}  // namespace jnlp::tok
