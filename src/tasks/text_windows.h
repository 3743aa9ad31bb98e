#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tokenize/encoding.h"

namespace jnlp {

/// A token of a text that was encoded in windows.
struct WindowToken {
  size_t window = 0;
  size_t position = 0;  ///< in the window's encoding
  int64_t place = 0;    ///< among all tokens of the text, from 0; special tokens do not count
};

/// The tokens of one text, each once, although neighbouring windows share `stride` of them: from
/// the window where the token is farthest from an edge that cuts the text, where the model has seen
/// most of what surrounds it (the "max context" of BERT's run_squad). In the order of the text.
/// `sequence` tells which text of a pair is the one in windows (see Encoding::sequence_ids).
std::vector<WindowToken> tokens_with_most_context(std::span<const Encoding> windows, int64_t stride,
                                                  int32_t sequence);

}  // namespace jnlp
