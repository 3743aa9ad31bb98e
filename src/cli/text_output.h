#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/utf8.h"
#include "tokenize/encoding.h"

namespace jnlp {

/// Writes to standard output. @throws Error io when nobody takes it (a closed pipe, a full disk).
void write_output(std::string_view text);
/// Sends what write_output() has kept. @throws Error io.
void flush_output();

/// ANSI colours, when standard output is a terminal and NO_COLOR is not set (no-color.org).
enum class Colour { red, green, yellow, blue, magenta, cyan, dim };
std::string coloured(std::string_view text, Colour colour);

/// One line of at most `code_points`, whatever the text holds: white space and control characters
/// become spaces, what does not fit becomes "...".
std::string preview(std::string_view text, size_t code_points);

/// A result with the input's other fields before it. An input field with the name of a result field
/// is kept as "input_<name>".
OrderedJson with_input_fields(OrderedJson fields, OrderedJson result);

/// Translates the byte offsets of one text into what the user asked for.
class OffsetWriter {
 public:
  /// `bytes`: offsets stay bytes, else they become code points.
  OffsetWriter(std::string_view text, bool bytes);

  size_t begin(TextSpan span) const { return translate(span.begin); }
  size_t end(TextSpan span) const { return translate(span.end); }

 private:
  size_t translate(size_t offset) const;

  bool bytes_;
  CodePointIndex index_;
};

}  // namespace jnlp
