#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tokenize/encoding.h"

namespace jnlp::tok {

class Regex;

/// What Replace and Split look for: a text as it is, or a regular expression in Oniguruma's syntax.
class Pattern {
 public:
  static Pattern literal(std::string text);
  /// @throws Error unsupported or invalid_input, naming the part of the expression.
  static Pattern regex(std::string_view expression);

  /// All matches that do not overlap, from the left. @param text well-formed UTF-8.
  /// @throws Error invalid_input when the expression backtracks beyond all measure on this text.
  std::vector<TextSpan> find_all(std::string_view text) const;

 private:
  std::string literal_;
  std::shared_ptr<const Regex> regex_;
};

}  // namespace jnlp::tok
