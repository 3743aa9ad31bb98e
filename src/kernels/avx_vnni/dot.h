#pragma once

#include "kernels/avx2/bytes.h"

namespace jnlp {
namespace {

// Not the intrinsic: GCC 12 copies every sum there and back around it.
inline Sums dot(Sums sums, Bytes a, Bytes b) {
  __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sums.v) : "x"(a.v), "x"(b.v));
  return sums;
}

}  // namespace
}  // namespace jnlp
