#pragma once

#include "kernels/avx2/bytes.h"

namespace jnlp {
namespace {

alignas(32) constexpr int16_t kOnes[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

// Exact: thanks to kInt8PairLimit no pair of products passes 16 bits. Not intrinsics: GCC 12 orders
// them so that the sums of a tile do not fit the 16 registers and all go through memory.
inline Sums dot(Sums sums, Bytes a, Bytes b) {
  __m256i pairs;
  __asm__(
      "vpmaddubsw %[b], %[a], %[pairs]\n\t"
      "vpmaddwd %[ones], %[pairs], %[pairs]\n\t"
      "vpaddd %[pairs], %[sums], %[sums]"
      : [sums] "+x"(sums.v), [pairs] "=&x"(pairs)
      : [a] "x"(a.v), [b] "x"(b.v), [ones] "m"(kOnes));
  return sums;
}

}  // namespace
}  // namespace jnlp
