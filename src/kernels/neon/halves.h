#pragma once

// 16-bit floats. Include lanes.h first.

namespace jnlp {
namespace {

// FP16 to FP32, which is exact.
inline Lanes load_f16(const uint16_t* p) {
  const float16x8_t halves = vreinterpretq_f16_u16(vld1q_u16(p));
  return {vcvt_f32_f16(vget_low_f16(halves)), vcvt_high_f32_f16(halves)};
}
// The first, then the second value of each pair of BF16.
inline float32x4_t low_bf16(uint16x8_t pairs) {
  return vreinterpretq_f32_u32(vshlq_n_u32(vreinterpretq_u32_u16(pairs), 16));
}
inline Lanes load_low_bf16(const uint16_t* p) {
  return {low_bf16(vld1q_u16(p)), low_bf16(vld1q_u16(p + 8))};
}
inline float32x4_t high_bf16(uint16x8_t pairs) {
  return vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_u16(pairs), vdupq_n_u32(0xFFFF0000U)));
}
inline Lanes load_high_bf16(const uint16_t* p) {
  return {high_bf16(vld1q_u16(p)), high_bf16(vld1q_u16(p + 8))};
}
// To the nearest BF16, ties to even: the carry out of the lower bits does it, up to infinity. A
// NaN becomes a quiet one.
inline float32x4_t round_to_bf16(float32x4_t a) {
  const uint32x4_t bits = vreinterpretq_u32_f32(a);
  const uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
  const uint32x4_t carried = vaddq_u32(vaddq_u32(bits, vdupq_n_u32(0x7FFF)), odd);
  const uint32x4_t quiet = vorrq_u32(bits, vdupq_n_u32(0x400000));
  const uint32x4_t rounded = vbslq_u32(vceqq_f32(a, a), carried, quiet);
  return vreinterpretq_f32_u32(vandq_u32(rounded, vdupq_n_u32(0xFFFF0000U)));
}
inline Lanes round_to_bf16(Lanes a) {
  return {round_to_bf16(a.low), round_to_bf16(a.high)};
}

}  // namespace
}  // namespace jnlp
