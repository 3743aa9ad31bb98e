#pragma once

#include <immintrin.h>
#include <stdint.h>

namespace jnlp {
namespace {

constexpr int64_t kLanes = 8;
// 6 x 16 results: two vectors of B and one of A fill the 16 registers.
constexpr int64_t kTileRows = 6;
constexpr int64_t kTilePanels = 1;
// Part of the depth done at a time: 16 columns of it (24 KB) fit the L1 cache beside A's rows.
constexpr int64_t kDepthBlock = 384;

struct Lanes {
  __m256 v;
};

inline Lanes load(const float* p) {
  return {_mm256_loadu_ps(p)};
}
inline void store(float* p, Lanes a) {
  _mm256_storeu_ps(p, a.v);
}
inline Lanes broadcast(float a) {
  return {_mm256_set1_ps(a)};
}
inline Lanes add(Lanes a, Lanes b) {
  return {_mm256_add_ps(a.v, b.v)};
}
inline Lanes sub(Lanes a, Lanes b) {
  return {_mm256_sub_ps(a.v, b.v)};
}
inline Lanes mul(Lanes a, Lanes b) {
  return {_mm256_mul_ps(a.v, b.v)};
}
inline Lanes div(Lanes a, Lanes b) {
  return {_mm256_div_ps(a.v, b.v)};
}
inline Lanes fma(Lanes a, Lanes b, Lanes c) {
  return {_mm256_fmadd_ps(a.v, b.v, c.v)};
}
inline Lanes fnma(Lanes a, Lanes b, Lanes c) {
  return {_mm256_fnmadd_ps(a.v, b.v, c.v)};
}
inline Lanes max(Lanes a, Lanes b) {
  return {_mm256_max_ps(a.v, b.v)};
}
inline Lanes min(Lanes a, Lanes b) {
  return {_mm256_min_ps(a.v, b.v)};
}
inline Lanes abs(Lanes a) {
  return {_mm256_andnot_ps(_mm256_set1_ps(-0.0F), a.v)};
}
inline Lanes copy_sign(Lanes magnitude, Lanes sign) {
  const __m256 mask = _mm256_set1_ps(-0.0F);
  return {_mm256_or_ps(_mm256_andnot_ps(mask, magnitude.v), _mm256_and_ps(mask, sign.v))};
}
inline Lanes select_less(Lanes a, Lanes b, Lanes yes, Lanes no) {
  return {_mm256_blendv_ps(no.v, yes.v, _mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ))};
}
inline Lanes scale_by_power(Lanes a, Lanes shifted) {
  const __m256i power = _mm256_slli_epi32(_mm256_castps_si256(shifted.v), 23);
  return {_mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a.v), power))};
}

inline float greatest_lane(Lanes a) {
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(a.v), _mm256_extractf128_ps(a.v, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

alignas(64) constexpr int32_t kFirstLanes[2 * kLanes] = {-1, -1, -1, -1, -1, -1, -1, -1};

inline __m256i first_lanes(int64_t count) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kFirstLanes + kLanes - count));
}
inline Lanes load_partial(const float* p, int64_t count, float fill) {
  const __m256i mask = first_lanes(count);
  return {_mm256_blendv_ps(_mm256_set1_ps(fill), _mm256_maskload_ps(p, mask),
                           _mm256_castsi256_ps(mask))};
}
inline void store_partial(float* p, int64_t count, Lanes a) {
  _mm256_maskstore_ps(p, first_lanes(count), a.v);
}

}  // namespace
}  // namespace jnlp
