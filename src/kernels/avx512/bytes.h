#pragma once

// What the INT8 products of 512-bit x86 need besides dot(). Include lanes.h first.

namespace jnlp {
namespace {

struct Sums {
  __m512i v;
};
struct Bytes {
  __m512i v;
};

constexpr int32_t kDotOffset = 0;  // dot() takes the bytes of A as they are

inline Sums zero_sums() {
  return {_mm512_setzero_si512()};
}
inline Bytes load_bytes(const int8_t* p) {
  return {_mm512_loadu_si512(p)};
}
inline Bytes broadcast_group(const uint8_t* p) {
  int32_t group;
  __builtin_memcpy(&group, p, sizeof(group));
  return {_mm512_set1_epi32(group)};
}
// sums - column_sums * zero
inline Lanes difference(Sums sums, const int32_t* column_sums, int32_t zero) {
  const __m512i product =
      _mm512_mullo_epi32(_mm512_loadu_si512(column_sums), _mm512_set1_epi32(zero));
  return {_mm512_cvtepi32_ps(_mm512_sub_epi32(sums.v, product))};
}
inline void store_low_bytes(uint8_t* out, Lanes a, int64_t count) {
  _mm512_mask_cvtepi32_storeu_epi8(out, first_lanes(count), _mm512_castps_si512(a.v));
}

}  // namespace
}  // namespace jnlp
