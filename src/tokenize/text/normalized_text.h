#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tokenize/encoding.h"
#include "tokenize/unicode/normalization.h"

namespace jnlp::tok {

/// Text that normalizers change, with the place in the original of each of its bytes. The changes
/// keep the alignment exactly as `tokenizers`' NormalizedString does, oddities included, since the
/// offsets of the tokens follow from it.
class NormalizedText {
 public:
  /// `original` is well-formed UTF-8 and begins at byte `begin` of the text that is encoded.
  NormalizedText(std::string_view original, uint32_t begin);
  /// A part of a text that was changed before, with the alignment of its bytes; `begin` is where
  /// the part begins in the original.
  NormalizedText(std::string_view text, const TextSpan* alignment, uint32_t begin);

  const std::string& text() const { return text_; }
  /// For each byte of text(): the bytes of the whole original that it stands for.
  const std::vector<TextSpan>& alignment() const { return alignment_; }

  /// Replaces the text. `removed` code points are dropped at the begin before the first change.
  void transform(const std::vector<CharChange>& changes, size_t removed = 0);
  /// Puts `prefix` in front; nothing happens to empty text.
  void prepend(std::string_view prefix);
  /// Replaces each range (in order, not overlapping) by `content`.
  void replace(const std::vector<TextSpan>& ranges, std::string_view content);

  /// Takes a text that was made elsewhere, with the place of each of its bytes in the original.
  void assign(std::string text, std::vector<TextSpan> alignment) {
    text_ = std::move(text);
    alignment_ = std::move(alignment);
  }

  template <typename Keep>
  void filter(Keep keep);
  template <typename Map>
  void map(Map map);

 private:
  std::string text_;
  std::vector<TextSpan> alignment_;
  uint32_t begin_;
};

bool is_ascii(std::string_view text);

/// Bounds what normalizers make of a text: replacements can multiply it, again and again, and
/// offsets are 32 bits wide. @throws Error invalid_input.
void check_size(size_t bytes);

/// Decodes `text` and calls `visit(code_point)` for each.
template <typename Visit>
void for_each_code_point(std::string_view text, Visit visit);

}  // namespace jnlp::tok

#include "tokenize/text/normalized_text_inl.h"
