#pragma once

// Include lanes.h first.

namespace jnlp {
namespace {

struct Pairs {
  __m512i v;
};

inline Pairs load_pairs(const uint16_t* p) {
  return {_mm512_loadu_si512(p)};
}
inline Pairs broadcast_pair(const uint16_t* p) {
  int32_t pair;
  __builtin_memcpy(&pair, p, sizeof(pair));
  return {_mm512_set1_epi32(pair)};
}
// Not the intrinsic: GCC 12 copies every sum there and back around it.
inline Lanes add_pairs(Lanes sums, Pairs a, Pairs b) {
  __asm__("vdpbf16ps %2, %1, %0" : "+v"(sums.v) : "v"(a.v), "v"(b.v));
  return sums;
}

}  // namespace
}  // namespace jnlp
