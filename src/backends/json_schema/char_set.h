#pragma once

#include <string>
#include <utility>
#include <vector>

namespace jnlp {

/// A set of characters, as a class of a regular expression describes it.
class CharSet {
 public:
  void add(char32_t first, char32_t last) { ranges_.emplace_back(first, last); }
  void add(const CharSet& other);
  /// All characters that are not in this one.
  CharSet inverted() const;

  /// What matches these characters inside a JSON string, where some of them are escaped; "" when
  /// there is none. Control characters without an escape of a letter are left out.
  std::string gbnf() const;

 private:
  std::vector<std::pair<char32_t, char32_t>> merged() const;

  std::vector<std::pair<char32_t, char32_t>> ranges_;  // in any order
};

/// A character inside a JSON string, escaped where it must be.
std::string json_escaped(char32_t code_point);

}  // namespace jnlp
