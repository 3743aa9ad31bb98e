#pragma once

// What the INT8 products of 256-bit x86 need besides dot(). Include lanes.h first.

namespace jnlp {
namespace {

struct Sums {
  __m256i v;
};
struct Bytes {
  __m256i v;
};

constexpr int32_t kDotOffset = 0;  // dot() takes the bytes of A as they are

inline Sums zero_sums() {
  return {_mm256_setzero_si256()};
}
inline Bytes load_bytes(const int8_t* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))};
}
inline Bytes broadcast_group(const uint8_t* p) {
  return {_mm256_castps_si256(_mm256_broadcast_ss(reinterpret_cast<const float*>(p)))};
}
// sums - column_sums * zero
inline Lanes difference(Sums sums, const int32_t* column_sums, int32_t zero) {
  const __m256i columns = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(column_sums));
  const __m256i product = _mm256_mullo_epi32(columns, _mm256_set1_epi32(zero));
  return {_mm256_cvtepi32_ps(_mm256_sub_epi32(sums.v, product))};
}
inline void store_low_bytes(uint8_t* out, Lanes a, int64_t count) {
  // The lowest byte of each lane to the front of its half, then both side by side.
  const __m256i order =
      _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 4, 8, 12, -1,
                       -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  const __m256i packed = _mm256_shuffle_epi8(_mm256_castps_si256(a.v), order);
  const __m128i bytes =
      _mm_unpacklo_epi32(_mm256_castsi256_si128(packed), _mm256_extracti128_si256(packed, 1));
  if (count == kLanes) {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), bytes);
    return;
  }
  alignas(16) uint8_t buffer[16];
  _mm_store_si128(reinterpret_cast<__m128i*>(buffer), bytes);
  for (int64_t i = 0; i < count; ++i) out[i] = buffer[i];
}

}  // namespace
}  // namespace jnlp
