#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace jnlp {

/// Turns the bytes of a model's tokens into a text that can be shown while it grows: whole UTF-8
/// characters only, and nothing that may turn out to be the beginning of a stop string. Tokens may
/// cut both anywhere.
class TextStream {
 public:
  /// The strings must be well-formed UTF-8 and not empty.
  explicit TextStream(std::vector<std::string> stop) : stop_(std::move(stop)) {}

  /// Takes more bytes and gives what can be shown now. After a stop string everything is dropped.
  std::string push(std::string_view bytes);
  /// Gives what was held back, at the end of the text. A cut character becomes U+FFFD.
  std::string finish();

  /// A stop string was met.
  bool stopped() const { return stopped_; }
  /// All that was given out.
  const std::string& text() const { return text_; }

 private:
  std::string release(size_t bytes);

  std::vector<std::string> stop_;
  std::string held_;  // not given out yet
  std::string text_;
  bool stopped_ = false;
};

}  // namespace jnlp
