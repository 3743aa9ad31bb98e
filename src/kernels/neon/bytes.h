#pragma once

// What the INT8 products of NEON need besides dot(). Include lanes.h first.

namespace jnlp {
namespace {

struct Sums {
  int32x4_t low;
  int32x4_t high;
};
struct Bytes {
  int8x16_t low;
  int8x16_t high;
};

// NEON multiplies bytes of one sign only: dot() gets a - 128, so that the sums lack 128 times the
// sum of each column.
constexpr int32_t kDotOffset = 128;

inline Sums zero_sums() {
  return {vdupq_n_s32(0), vdupq_n_s32(0)};
}
inline Bytes load_bytes(const int8_t* p) {
  return {vld1q_s8(p), vld1q_s8(p + 16)};
}
inline Bytes broadcast_group(const uint8_t* p) {
  uint32_t group;
  __builtin_memcpy(&group, p, sizeof(group));
  const int8x16_t bytes = vreinterpretq_s8_u32(vdupq_n_u32(group ^ 0x80808080U));
  return {bytes, bytes};
}
inline float32x4_t difference(int32x4_t sums, const int32_t* column_sums, int32_t zero) {
  return vcvtq_f32_s32(vmlsq_n_s32(sums, vld1q_s32(column_sums), zero));
}
// sums - column_sums * zero
inline Lanes difference(Sums sums, const int32_t* column_sums, int32_t zero) {
  return {difference(sums.low, column_sums, zero), difference(sums.high, column_sums + 4, zero)};
}
inline void store_low_bytes(uint8_t* out, Lanes a, int64_t count) {
  const uint16x4_t low = vmovn_u32(vreinterpretq_u32_f32(a.low));
  const uint16x4_t high = vmovn_u32(vreinterpretq_u32_f32(a.high));
  const uint8x8_t bytes = vmovn_u16(vcombine_u16(low, high));
  if (count == kLanes) {
    vst1_u8(out, bytes);
    return;
  }
  uint8_t buffer[kLanes];
  vst1_u8(buffer, bytes);
  for (int64_t i = 0; i < count; ++i) out[i] = buffer[i];
}

}  // namespace
}  // namespace jnlp
