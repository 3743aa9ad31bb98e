#pragma once

// 16-bit floats. Include lanes.h first.

namespace jnlp {
namespace {

inline float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

// FP16 to FP32, which is exact.
inline float widen_f16(uint16_t half) {
  const uint32_t sign = (half & 0x8000U) << 16;
  const uint32_t rest = half & 0x7FFFU;
  // Zeros and subnormal halves count units of 2^-24.
  if (rest < 0x400) {
    const float magnitude = static_cast<float>(rest) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  // The exponent's bias grows from 15 to 127; that of infinity and NaN goes on to the greatest.
  const uint32_t more = rest < 0x7C00 ? 112U << 23 : 224U << 23;
  return float_of(sign | ((rest << 13) + more));
}
inline Lanes load_f16(const uint16_t* p) {
  return per_lane([=](int i) { return widen_f16(p[i]); });
}
// The first, then the second value of each pair of BF16.
inline Lanes load_low_bf16(const uint16_t* p) {
  return per_lane([=](int i) { return float_of(static_cast<uint32_t>(p[int64_t{2} * i]) << 16); });
}
inline Lanes load_high_bf16(const uint16_t* p) {
  return per_lane(
      [=](int i) { return float_of(static_cast<uint32_t>(p[int64_t{2} * i + 1]) << 16); });
}
// To the nearest BF16, ties to even: the carry out of the lower bits does it, up to infinity. A
// NaN becomes a quiet one.
inline Lanes round_to_bf16(Lanes a) {
  return per_lane([&](int i) {
    uint32_t bits;
    memcpy(&bits, &a.v[i], sizeof(bits));
    const bool nan = (bits & 0x7FFFFFFFU) > 0x7F800000U;
    const uint32_t rounded = nan ? bits | 0x400000U : bits + 0x7FFF + ((bits >> 16) & 1);
    return float_of(rounded & 0xFFFF0000U);
  });
}

}  // namespace
}  // namespace jnlp
