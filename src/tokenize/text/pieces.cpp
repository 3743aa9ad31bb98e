#include "tokenize/text/pieces.h"

#include <algorithm>

namespace jnlp::tok {
namespace {

// Puts a match and what stands before it together where joins(is a match, the one before is) says.
template <typename Joins>
void merge_forward(std::vector<Match>* matches, Joins joins) {
  std::vector<Match> out;
  bool previous = false;
  for (const Match& match : *matches) {
    if (joins(match.is_match, previous) && !out.empty()) {
      out.back().end = match.end;
    } else {
      out.push_back({match.begin, match.end, false});
    }
    previous = match.is_match;
  }
  *matches = std::move(out);
}

void merge_with_next(std::vector<Match>* matches) {
  std::vector<Match> out;
  bool previous = false;
  for (auto match = matches->rbegin(); match != matches->rend(); ++match) {
    if (match->is_match && !previous && !out.empty()) {
      out.back().begin = match->begin;
    } else {
      out.push_back({match->begin, match->end, false});
    }
    previous = match->is_match;
  }
  std::reverse(out.begin(), out.end());
  *matches = std::move(out);
}

}  // namespace

void apply_behavior(SplitBehavior behavior, std::vector<Match>* matches) {
  switch (behavior) {
    case SplitBehavior::removed:
      return;
    case SplitBehavior::isolated:
      for (Match& match : *matches) match.is_match = false;
      return;
    case SplitBehavior::contiguous:
      return merge_forward(matches, [](bool now, bool before) { return now == before; });
    case SplitBehavior::merged_with_previous:
      return merge_forward(matches, [](bool now, bool before) { return now && !before; });
    case SplitBehavior::merged_with_next:
      return merge_with_next(matches);
  }
}

void PieceList::add(const NormalizedText& text, TextSpan range, TextSpan original, int32_t token) {
  if (range.begin == range.end) return;
  check_size(text_.size() + (range.end - range.begin));
  const auto begin = static_cast<uint32_t>(text_.size());
  text_.append(text.text(), range.begin, range.end - range.begin);
  alignment_.insert(alignment_.end(), text.alignment().begin() + range.begin,
                    text.alignment().begin() + range.end);
  pieces_.push_back({begin, static_cast<uint32_t>(text_.size()), original, token});
}

void PieceList::cut(const Piece& piece, std::vector<Match>* matches, SplitBehavior behavior,
                    std::vector<Piece>* out) const {
  apply_behavior(behavior, matches);
  for (const Match& match : *matches) {
    if (match.is_match || match.begin == match.end) continue;
    const uint32_t begin = piece.begin + match.begin;
    const uint32_t end = piece.begin + match.end;
    out->push_back({begin, end, {alignment_[begin].begin, alignment_[end - 1].end}, -1});
  }
}

}  // namespace jnlp::tok
