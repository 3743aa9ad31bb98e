#pragma once

#include "kernels/neon/bytes.h"

namespace jnlp {
namespace {

// Exact: thanks to kInt8PairLimit no pair of products passes 16 bits.
inline int32x4_t dot(int32x4_t sums, int8x16_t a, int8x16_t b) {
  const int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(b));
  return vpadalq_s16(sums, vpaddq_s16(low, vmull_high_s8(a, b)));
}
inline Sums dot(Sums sums, Bytes a, Bytes b) {
  return {dot(sums.low, a.low, b.low), dot(sums.high, a.high, b.high)};
}

}  // namespace
}  // namespace jnlp
