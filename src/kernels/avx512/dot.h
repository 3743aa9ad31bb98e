#pragma once

#include "kernels/avx512/bytes.h"

namespace jnlp {
namespace {

// Exact: thanks to kInt8PairLimit no pair of products passes 16 bits.
inline Sums dot(Sums sums, Bytes a, Bytes b) {
  const __m512i pairs = _mm512_maddubs_epi16(a.v, b.v);
  return {_mm512_add_epi32(sums.v, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)))};
}

}  // namespace
}  // namespace jnlp
