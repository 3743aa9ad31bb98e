#pragma once

#include "kernels/neon/bytes.h"

namespace jnlp {
namespace {

inline Sums dot(Sums sums, Bytes a, Bytes b) {
  return {vdotq_s32(sums.low, a.low, b.low), vdotq_s32(sums.high, a.high, b.high)};
}

}  // namespace
}  // namespace jnlp
