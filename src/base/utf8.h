#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jnlp {

/// True when `text` is well-formed UTF-8 (Unicode 15, table 3-7: no overlong forms, no surrogates).
bool is_valid_utf8(std::string_view text);

/// Byte offset of the first ill-formed part, or nothing when there is none.
std::optional<size_t> find_invalid_utf8(std::string_view text);

/// `text` with each maximal ill-formed part replaced by U+FFFD, as Python's errors="replace" and
/// the WHATWG decoder do it. Well-formed text comes back unchanged.
std::string replace_invalid_utf8(std::string_view text);

/// Number of code points of well-formed UTF-8.
size_t count_code_points(std::string_view text);

/// Decodes the code point that starts at `text[*position]` of well-formed UTF-8 and moves the
/// position behind it.
char32_t decode_utf8(std::string_view text, size_t* position);

/// Appends the UTF-8 form of `code_point` (a Unicode scalar value) to `out`.
void append_utf8(char32_t code_point, std::string* out);

/// Translates byte offsets of one text into code-point offsets. Lookups take a binary search; for
/// ASCII text nothing is stored.
class CodePointIndex {
 public:
  /// `text` must be well-formed UTF-8; it is not kept.
  explicit CodePointIndex(std::string_view text);

  /// Number of code points that start before `byte_offset` (at most the text's size).
  size_t code_point_offset(size_t byte_offset) const;
  /// Byte offset of the code point with this index; the text's size for one past the last.
  size_t byte_offset(size_t code_point_offset) const;

 private:
  size_t size_ = 0;
  std::vector<uint32_t> starts_;  // byte offset of each code point; empty for ASCII
};

}  // namespace jnlp
