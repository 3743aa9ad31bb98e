#pragma once

// Rows of FP32 as halves. Include a lanes.h first.

namespace jnlp {
namespace {

constexpr int64_t kHalfLanes = 8;

inline float16x8_t load_halves(const uint16_t* p) {
  return vreinterpretq_f16_u16(vld1q_u16(p));
}

// The bits of the greatest magnitude of n floats, in whose order magnitudes are; a NaN is greatest.
inline uint32_t greatest_magnitude(const float* x, int64_t n) {
  uint32_t greatest = 0;
  for (int64_t i = 0; i < n; ++i) {
    uint32_t bits;
    __builtin_memcpy(&bits, x + i, sizeof(bits));
    bits &= 0x7FFFFFFFU;
    greatest = bits > greatest ? bits : greatest;
  }
  return greatest;
}

inline float power_of_two(uint32_t biased_exponent) {
  const uint32_t bits = biased_exponent << 23;
  float power;
  __builtin_memcpy(&power, &bits, sizeof(power));
  return power;
}

// The exponent that the greatest magnitude of a row gets, so that it lies in [16, 32). Small enough
// for sums of 32 products with weights up to 60; large enough that what becomes subnormal, and
// keeps less than 11 bits, is below a 2^18th of the greatest.
constexpr uint32_t kRowExponent = 4;

// Rounds n floats, times a power of two, to halves, and zeros up to a multiple of kHalfLanes.
// Returns the power's inverse. No finite value becomes infinite; NaN stays NaN.
inline float round_row(const float* x, int64_t n, uint16_t* out) {
  constexpr uint32_t kOne = 127;
  constexpr uint32_t kLeast = kRowExponent + 1;  // of smaller ones the inverse would be subnormal
  const uint32_t found = greatest_magnitude(x, n) >> 23;
  const uint32_t exponent = found < kLeast ? kLeast : found;
  const Lanes power = broadcast(power_of_two(2 * kOne + kRowExponent - exponent));
  for (int64_t i = 0; i < n; i += kLanes) {
    const Lanes values =
        mul(i + kLanes <= n ? load(x + i) : load_partial(x + i, n - i, 0.0F), power);
    const float16x8_t halves = vcvt_high_f16_f32(vcvt_f16_f32(values.low), values.high);
    vst1q_u16(out + i, vreinterpretq_u16_f16(halves));
  }
  return power_of_two(exponent - kRowExponent);
}

}  // namespace
}  // namespace jnlp
