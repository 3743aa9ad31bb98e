#pragma once

// Include avx512/lanes.h first.

namespace jnlp {
namespace {

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
// Rows of 16 pairs, two floats each, rounded: row j becomes column j of 16 rows of pairs at `out`.
inline void store_rounded_transposed(const float* const rows[16], uint16_t* out) {
  __m512i in[16], turned[16];
  for (int j = 0; j < 16; ++j) {
    const __m512 first = _mm512_loadu_ps(rows[j]);
    const __m512 second = _mm512_loadu_ps(rows[j] + 16);
    __asm__("vcvtne2ps2bf16 %2, %1, %0" : "=v"(in[j]) : "v"(second), "v"(first));
  }
  // By pairs of rows, by fours, then whole 128-bit quarters.
  for (int j = 0; j < 16; j += 2) {
    turned[j] = _mm512_unpacklo_epi32(in[j], in[j + 1]);
    turned[j + 1] = _mm512_unpackhi_epi32(in[j], in[j + 1]);
  }
  for (int j = 0; j < 16; j += 4) {
    in[j] = _mm512_unpacklo_epi64(turned[j], turned[j + 2]);
    in[j + 1] = _mm512_unpackhi_epi64(turned[j], turned[j + 2]);
    in[j + 2] = _mm512_unpacklo_epi64(turned[j + 1], turned[j + 3]);
    in[j + 3] = _mm512_unpackhi_epi64(turned[j + 1], turned[j + 3]);
  }
  for (int k = 0; k < 4; ++k) {
    const __m512i low = _mm512_shuffle_i32x4(in[k], in[4 + k], 0x88);
    const __m512i high = _mm512_shuffle_i32x4(in[k], in[4 + k], 0xDD);
    const __m512i low_next = _mm512_shuffle_i32x4(in[8 + k], in[12 + k], 0x88);
    const __m512i high_next = _mm512_shuffle_i32x4(in[8 + k], in[12 + k], 0xDD);
    const auto put = [&](int row, __m512i value) { _mm512_storeu_si512(out + row * 32, value); };
    put(k, _mm512_shuffle_i32x4(low, low_next, 0x88));
    put(8 + k, _mm512_shuffle_i32x4(low, low_next, 0xDD));
    put(4 + k, _mm512_shuffle_i32x4(high, high_next, 0x88));
    put(12 + k, _mm512_shuffle_i32x4(high, high_next, 0xDD));
  }
}

}  // namespace
}  // namespace jnlp
