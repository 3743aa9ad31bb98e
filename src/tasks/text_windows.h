#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tokenize/encoding.h"

namespace jnlp {

/// Brings the windows of one text into its order. A tokenizer that cuts on the left gives the last
/// one first. `sequence` as below.
void put_in_text_order(int32_t sequence, std::vector<Encoding>* windows);

/// The tokens of a text that are taken from one of its windows: the positions [begin, end) of the
/// window's encoding. May be empty.
struct WindowShare {
  size_t begin = 0;
  size_t end = 0;
  /// Place of the first among all tokens of the text, from 0; special tokens do not count.
  int64_t place = 0;

  bool operator==(const WindowShare&) const = default;
};

/// Divides the tokens of one text among its windows, each token once, although neighbouring windows
/// share `stride` of them: it belongs to the window where it is farthest from an edge that cuts the
/// text, where the model has seen most of what surrounds it (the "max context" of BERT's
/// run_squad). One share per window, in the order of the text. `sequence` tells which text of a
/// pair is the one in windows (see Encoding::sequence_ids).
std::vector<WindowShare> divide_by_context(std::span<const Encoding> windows, int64_t stride,
                                           int32_t sequence);

}  // namespace jnlp
