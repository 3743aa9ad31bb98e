#pragma once

#include <immintrin.h>
#include <stdint.h>

namespace jnlp {
namespace {

constexpr int64_t kLanes = 16;
// 6 x 64 results: 24 of 32 registers, four for B and one for A.
constexpr int64_t kTileRows = 6;
constexpr int64_t kTilePanels = 4;
// Part of the depth done at a time: 64 columns of it (32 KB) fit the L1 cache.
constexpr int64_t kDepthBlock = 128;

struct Lanes {
  __m512 v;
};

inline Lanes load(const float* p) {
  return {_mm512_loadu_ps(p)};
}
inline void store(float* p, Lanes a) {
  _mm512_storeu_ps(p, a.v);
}
inline Lanes broadcast(float a) {
  return {_mm512_set1_ps(a)};
}
inline Lanes add(Lanes a, Lanes b) {
  return {_mm512_add_ps(a.v, b.v)};
}
inline Lanes sub(Lanes a, Lanes b) {
  return {_mm512_sub_ps(a.v, b.v)};
}
inline Lanes mul(Lanes a, Lanes b) {
  return {_mm512_mul_ps(a.v, b.v)};
}
inline Lanes div(Lanes a, Lanes b) {
  return {_mm512_div_ps(a.v, b.v)};
}
inline Lanes fma(Lanes a, Lanes b, Lanes c) {
  return {_mm512_fmadd_ps(a.v, b.v, c.v)};
}
inline Lanes fnma(Lanes a, Lanes b, Lanes c) {
  return {_mm512_fnmadd_ps(a.v, b.v, c.v)};
}
inline Lanes max(Lanes a, Lanes b) {
  return {_mm512_max_ps(a.v, b.v)};
}
inline Lanes min(Lanes a, Lanes b) {
  return {_mm512_min_ps(a.v, b.v)};
}
inline Lanes abs(Lanes a) {
  return {_mm512_abs_ps(a.v)};
}
inline Lanes copy_sign(Lanes magnitude, Lanes sign) {
  const __m512i mask = _mm512_set1_epi32(INT32_MIN);
  // Bit by bit: mask ? sign : magnitude.
  return {_mm512_castsi512_ps(_mm512_ternarylogic_epi32(mask, _mm512_castps_si512(sign.v),
                                                        _mm512_castps_si512(magnitude.v), 0xCA))};
}
inline Lanes select_less(Lanes a, Lanes b, Lanes yes, Lanes no) {
  return {_mm512_mask_blend_ps(_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ), no.v, yes.v)};
}
inline Lanes scale_by_power(Lanes a, Lanes shifted) {
  const __m512i power = _mm512_slli_epi32(_mm512_castps_si512(shifted.v), 23);
  return {_mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a.v), power))};
}
inline float greatest_lane(Lanes a) {
  return _mm512_reduce_max_ps(a.v);
}
inline __mmask16 first_lanes(int64_t count) {
  return static_cast<__mmask16>((1U << count) - 1);
}
inline Lanes load_partial(const float* p, int64_t count, float fill) {
  return {_mm512_mask_loadu_ps(_mm512_set1_ps(fill), first_lanes(count), p)};
}
inline void store_partial(float* p, int64_t count, Lanes a) {
  _mm512_mask_storeu_ps(p, first_lanes(count), a.v);
}

}  // namespace
}  // namespace jnlp
