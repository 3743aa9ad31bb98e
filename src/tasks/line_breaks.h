#pragma once

#include <cstddef>
#include <vector>

namespace jnlp {

/// Tells line ends that end a sentence from those that only keep lines short.
class LineBreaks {
 public:
  /// `chars` must outlive the object.
  explicit LineBreaks(const std::vector<char32_t>& chars);

  /// True when the character at `i` ends a line, and a sentence with it.
  bool ends_sentence(size_t i) const;

 private:
  struct Line {
    size_t begin;
    size_t end;  // without white space at the end
  };

  std::vector<Line> lines() const;
  size_t first_word_length(const Line& line) const;
  bool are_broken_to_fit() const;

  const std::vector<char32_t>& chars_;
  bool broken_to_fit_ = false;
};

}  // namespace jnlp
