#pragma once

// 16-bit floats. Include lanes.h first.

namespace jnlp {
namespace {

// FP16 to FP32, which is exact.
inline Lanes load_f16(const uint16_t* p) {
  return {_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)))};
}
// The first, then the second value of each pair of BF16.
inline Lanes load_low_bf16(const uint16_t* p) {
  const __m256i pairs = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  return {_mm256_castsi256_ps(_mm256_slli_epi32(pairs, 16))};
}
inline Lanes load_high_bf16(const uint16_t* p) {
  const __m256i pairs = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m256i mask = _mm256_set1_epi32(static_cast<int32_t>(0xFFFF0000U));
  return {_mm256_castsi256_ps(_mm256_and_si256(pairs, mask))};
}
// To the nearest BF16, ties to even: the carry out of the lower bits does it, up to infinity. A
// NaN becomes a quiet one.
inline Lanes round_to_bf16(Lanes a) {
  const __m256i bits = _mm256_castps_si256(a.v);
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i carried = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7FFF)), odd);
  const __m256i quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x400000));
  const __m256 rounded = _mm256_blendv_ps(_mm256_castsi256_ps(carried), _mm256_castsi256_ps(quiet),
                                          _mm256_cmp_ps(a.v, a.v, _CMP_UNORD_Q));
  const __m256i mask = _mm256_set1_epi32(static_cast<int32_t>(0xFFFF0000U));
  return {_mm256_and_ps(rounded, _mm256_castsi256_ps(mask))};
}

}  // namespace
}  // namespace jnlp
