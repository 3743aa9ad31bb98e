#pragma once

// 16-bit floats. Include lanes.h first.

namespace jnlp {
namespace {

// FP16 to FP32, which is exact.
inline Lanes load_f16(const uint16_t* p) {
  return {_mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)))};
}
// The first, then the second value of each pair of BF16.
inline Lanes load_low_bf16(const uint16_t* p) {
  return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_loadu_si512(p), 16))};
}
inline Lanes load_high_bf16(const uint16_t* p) {
  const __m512i mask = _mm512_set1_epi32(static_cast<int32_t>(0xFFFF0000U));
  return {_mm512_castsi512_ps(_mm512_and_si512(_mm512_loadu_si512(p), mask))};
}
// To the nearest BF16, ties to even: the carry out of the lower bits does it, up to infinity. A
// NaN becomes a quiet one.
inline Lanes round_to_bf16(Lanes a) {
  const __m512i bits = _mm512_castps_si512(a.v);
  const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  const __m512i carried = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7FFF)), odd);
  const __m512i quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x400000));
  const __m512i rounded =
      _mm512_mask_blend_epi32(_mm512_cmp_ps_mask(a.v, a.v, _CMP_UNORD_Q), carried, quiet);
  const __m512i mask = _mm512_set1_epi32(static_cast<int32_t>(0xFFFF0000U));
  return {_mm512_castsi512_ps(_mm512_and_si512(rounded, mask))};
}
// The upper 16 bits of each lane.
inline void store_high_halves(uint16_t* p, Lanes a) {
  const __m512i high = _mm512_srli_epi32(_mm512_castps_si512(a.v), 16);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(high));
}

}  // namespace
}  // namespace jnlp
