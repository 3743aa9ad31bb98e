#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tokenize/encoding.h"

namespace jnlp {

/// Lines of a document between empty lines and headings.
struct TextBlock {
  TextSpan span;                      ///< without line ends at the end
  size_t section = 0;                 ///< blocks under the same heading have the same number
  std::vector<std::string> headings;  ///< above it, the outermost first
};

/// The blocks of a document of less than 4 GiB. Headings and fenced code are looked for in Markdown
/// only.
std::vector<TextBlock> split_blocks(std::string_view document, bool markdown);

}  // namespace jnlp
