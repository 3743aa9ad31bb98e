#pragma once

#include <arm_neon.h>
#include <stdint.h>

namespace jnlp {
namespace {

constexpr int64_t kLanes = 8;
// 6 x 16 results: two vectors of B and one of A fill 24 of the 32 registers.
constexpr int64_t kTileRows = 6;
constexpr int64_t kTilePanels = 1;
// Part of the depth done at a time: 16 columns of it (24 KB) fit the L1 cache beside A's rows.
constexpr int64_t kDepthBlock = 384;

struct Lanes {
  float32x4_t low;
  float32x4_t high;
};

inline Lanes load(const float* p) {
  return {vld1q_f32(p), vld1q_f32(p + 4)};
}
inline void store(float* p, Lanes a) {
  vst1q_f32(p, a.low);
  vst1q_f32(p + 4, a.high);
}
inline Lanes broadcast(float a) {
  return {vdupq_n_f32(a), vdupq_n_f32(a)};
}
inline Lanes add(Lanes a, Lanes b) {
  return {vaddq_f32(a.low, b.low), vaddq_f32(a.high, b.high)};
}
inline Lanes sub(Lanes a, Lanes b) {
  return {vsubq_f32(a.low, b.low), vsubq_f32(a.high, b.high)};
}
inline Lanes mul(Lanes a, Lanes b) {
  return {vmulq_f32(a.low, b.low), vmulq_f32(a.high, b.high)};
}
inline Lanes div(Lanes a, Lanes b) {
  return {vdivq_f32(a.low, b.low), vdivq_f32(a.high, b.high)};
}
inline Lanes fma(Lanes a, Lanes b, Lanes c) {
  return {vfmaq_f32(c.low, a.low, b.low), vfmaq_f32(c.high, a.high, b.high)};
}
inline Lanes fnma(Lanes a, Lanes b, Lanes c) {
  return {vfmsq_f32(c.low, a.low, b.low), vfmsq_f32(c.high, a.high, b.high)};
}
inline Lanes select_less(Lanes a, Lanes b, Lanes yes, Lanes no) {
  return {vbslq_f32(vcltq_f32(a.low, b.low), yes.low, no.low),
          vbslq_f32(vcltq_f32(a.high, b.high), yes.high, no.high)};
}
// Not vmaxq: it orders zeros of different sign, which the other instruction sets do not.
inline Lanes max(Lanes a, Lanes b) {
  return select_less(b, a, a, b);
}
inline Lanes min(Lanes a, Lanes b) {
  return select_less(a, b, a, b);
}
inline Lanes abs(Lanes a) {
  return {vabsq_f32(a.low), vabsq_f32(a.high)};
}
inline Lanes copy_sign(Lanes magnitude, Lanes sign) {
  const uint32x4_t mask = vdupq_n_u32(0x80000000U);
  return {vbslq_f32(mask, sign.low, magnitude.low), vbslq_f32(mask, sign.high, magnitude.high)};
}
inline float greatest_lane(Lanes a) {
  return vmaxvq_f32(vmaxq_f32(a.low, a.high));
}
inline float32x4_t scale_by_power(float32x4_t a, float32x4_t shifted) {
  const uint32x4_t power = vshlq_n_u32(vreinterpretq_u32_f32(shifted), 23);
  return vreinterpretq_f32_u32(vaddq_u32(vreinterpretq_u32_f32(a), power));
}
inline Lanes scale_by_power(Lanes a, Lanes shifted) {
  return {scale_by_power(a.low, shifted.low), scale_by_power(a.high, shifted.high)};
}

}  // namespace
}  // namespace jnlp

#include "kernels/partial_lanes.h"
