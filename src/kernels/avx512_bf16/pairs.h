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
// To the nearest, ties to even; subnormal numbers become zeros, as add_pairs takes them anyway.
inline void store_rounded(uint16_t* p, Lanes a) {
  __m256i rounded;
  __asm__("vcvtneps2bf16 %1, %0" : "=v"(rounded) : "v"(a.v));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), rounded);
}
// even[i], odd[i], even[i + 1], ...
inline void store_rounded_pairs(uint16_t* p, Lanes even, Lanes odd) {
  __m512i rounded;
  __asm__("vcvtne2ps2bf16 %2, %1, %0" : "=v"(rounded) : "v"(odd.v), "v"(even.v));
  // The lower half holds the even ones.
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24,
                                         8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  _mm512_storeu_si512(p, _mm512_permutexvar_epi16(order, rounded));
}
// Not the intrinsic: GCC 12 copies every sum there and back around it.
inline Lanes add_pairs(Lanes sums, Pairs a, Pairs b) {
  __asm__("vdpbf16ps %2, %1, %0" : "+v"(sums.v) : "v"(a.v), "v"(b.v));
  return sums;
}

}  // namespace
}  // namespace jnlp
