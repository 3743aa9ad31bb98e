#pragma once

#include <cstddef>
#include <vector>

#include "tokenize/post_processor.h"
#include "tokenize/tokenizer.h"

namespace jnlp::tok {

using jnlp::TruncationDirection;

struct TruncationPlan {
  std::vector<TokenWindow> first;
  std::vector<TokenWindow> second;  ///< empty without a second text
  bool truncated = false;
};

struct TruncationRequest {
  size_t max_length = 0;  ///< tokens of both texts together, special tokens not counted
  size_t stride = 0;
  TruncationStrategy strategy = TruncationStrategy::longest_first;
  TruncationDirection direction = TruncationDirection::right;
};

/// Cuts one or two texts of the given lengths (`has_second` tells) as `tokenizers` does. The first
/// window of a text is what stays; the others are what overflows.
/// @throws Error invalid_input when the text that is to be cut cannot become short enough, or the
///   stride is not smaller than a window.
TruncationPlan plan_truncation(size_t first, size_t second, bool has_second,
                               const TruncationRequest& request);

}  // namespace jnlp::tok
