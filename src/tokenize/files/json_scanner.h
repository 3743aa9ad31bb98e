#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jnlp::tok {

/// Reads JSON without building a tree: vocabularies have hundreds of thousands of entries, and a
/// tree of them takes longer than everything else. Small values are cut out and left to
/// parse_json().
class JsonScanner {
 public:
  /// @param text outlives the scanner. @param what names it in errors.
  JsonScanner(std::string_view text, std::string_view what) : text_(text), what_(what) {}

  /// Enters an object or array, or leaves it: `{`, `[`, `}`, `]`.
  void expect(char c);
  /// True, and moves past it, when the next character (behind white space) is `c`.
  bool accept(char c);
  /// After an element: true when another one follows, false when `closing` ended the list.
  bool more(char closing);
  /// A string with its escapes resolved. @throws Error invalid_input when it is not UTF-8.
  void read_string(std::string* out);
  int64_t read_integer();
  double read_number();
  /// Moves past any value and returns it as it stands.
  std::string_view read_raw();
  /// Nothing but white space may follow.
  void expect_end();
  bool next_is(char c);

  /// @throws Error invalid_input with the position.
  [[noreturn]] void fail(std::string_view expected) const;

 private:
  void skip_space();
  void skip_string();
  void read_escape(std::string* out);
  uint32_t read_hex4();
  std::string_view read_number_text();

  std::string_view text_;
  std::string what_;
  size_t position_ = 0;
};

/// The members of one JSON object, in order, each value as it stands.
/// @throws Error invalid_input when `text` is not an object.
std::vector<std::pair<std::string, std::string_view>> scan_object(std::string_view text,
                                                                  std::string_view what);

}  // namespace jnlp::tok
