#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tokenize/encoding.h"
#include "tokenize/text/normalized_text.h"

namespace jnlp::tok {

/// How a match of a pre-tokenizer's pattern is used (SplitDelimiterBehavior of `tokenizers`).
enum class SplitBehavior { removed, isolated, merged_with_previous, merged_with_next, contiguous };

/// A part of a text on the way to the model.
struct Piece {
  uint32_t begin;  ///< bytes of PieceList::text()
  uint32_t end;
  TextSpan original;   ///< bytes of the original text
  int32_t token = -1;  ///< an added token: its id, and the piece is left alone
};

/// Matches of a pattern in one piece: they cover it without gaps, in order.
struct Match {
  uint32_t begin;
  uint32_t end;
  bool is_match;
};

/// The parts of one text. Pre-tokenizers cut them finer or rewrite them; empty parts vanish.
class PieceList {
 public:
  /// Adds a whole normalized text as one piece, an added token if `token` >= 0. The range is the
  /// part of `text` that is meant, in bytes.
  void add(const NormalizedText& text, TextSpan range, TextSpan original, int32_t token);

  const std::string& text() const { return text_; }
  const std::vector<TextSpan>& alignment() const { return alignment_; }
  const std::vector<Piece>& pieces() const { return pieces_; }
  std::string_view text_of(const Piece& piece) const {
    return std::string_view(text_).substr(piece.begin, piece.end - piece.begin);
  }

  /// Cuts every piece that is no token: `find(text, &matches)` appends the matches of one piece.
  template <typename Find>
  void split(Find find, SplitBehavior behavior);
  /// Rewrites every piece that is no token: `change(normalized)`.
  template <typename Change>
  void rewrite(Change change);

 private:
  void cut(const Piece& piece, std::vector<Match>* matches, SplitBehavior behavior,
           std::vector<Piece>* out) const;

  std::string text_;
  std::vector<TextSpan> alignment_;
  std::vector<Piece> pieces_;
};

/// Applies the behavior to the matches of one piece: afterwards `is_match` says "leave out".
void apply_behavior(SplitBehavior behavior, std::vector<Match>* matches);

template <typename Find>
void PieceList::split(Find find, SplitBehavior behavior) {
  std::vector<Piece> out;
  out.reserve(pieces_.size() * 2);
  std::vector<Match> matches;
  for (const Piece& piece : pieces_) {
    if (piece.token >= 0) {
      out.push_back(piece);
      continue;
    }
    matches.clear();
    find(text_of(piece), &matches);
    cut(piece, &matches, behavior, &out);
  }
  pieces_ = std::move(out);
}

template <typename Change>
void PieceList::rewrite(Change change) {
  PieceList out;
  out.pieces_.reserve(pieces_.size());
  for (const Piece& piece : pieces_) {
    NormalizedText part(text_of(piece), &alignment_[piece.begin], piece.original.begin);
    if (piece.token < 0) change(part, piece);
    out.add(part, {0, static_cast<uint32_t>(part.text().size())}, piece.original, piece.token);
  }
  *this = std::move(out);
}

/// Matches of single code points.
template <typename Predicate>
void match_code_points(std::string_view text, Predicate predicate, std::vector<Match>* matches) {
  uint32_t done = 0;
  for (size_t position = 0; position < text.size();) {
    const auto begin = static_cast<uint32_t>(position);
    if (!predicate(decode_utf8(text, &position))) continue;
    if (done < begin) matches->push_back({done, begin, false});
    done = static_cast<uint32_t>(position);
    matches->push_back({begin, done, true});
  }
  if (done < text.size()) matches->push_back({done, static_cast<uint32_t>(text.size()), false});
}

}  // namespace jnlp::tok
