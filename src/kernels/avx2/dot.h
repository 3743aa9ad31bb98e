#pragma once

#include "kernels/avx2/bytes.h"

namespace jnlp {
namespace {

// Exact: thanks to kInt8PairLimit no pair of products passes 16 bits.
inline Sums dot(Sums sums, Bytes a, Bytes b) {
  const __m256i pairs = _mm256_maddubs_epi16(a.v, b.v);
  return {_mm256_add_epi32(sums.v, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))};
}

}  // namespace
}  // namespace jnlp
