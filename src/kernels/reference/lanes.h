#pragma once

#include <stdint.h>
#include <string.h>

// Eight lanes in plain C++: what every other lanes.h must equal, bit for bit.

namespace jnlp {
namespace {

constexpr int64_t kLanes = 8;
// 6 x 16 results: two vectors of B and one of A fill no registers; as AVX2.
constexpr int64_t kTileRows = 6;
constexpr int64_t kTilePanels = 1;
// Part of the depth done at a time: 16 columns of it (24 KB) fit the L1 cache beside A's rows.
constexpr int64_t kDepthBlock = 384;

struct Lanes {
  float v[kLanes];
};

template <typename Function>
inline Lanes per_lane(Function function) {
  Lanes out;
  for (int i = 0; i < kLanes; ++i) out.v[i] = function(i);
  return out;
}

// a * b + c rounded once, as C's fmaf, which without the instruction is a slow call.
inline float fused(float a, float b, float c) {
#ifdef __FP_FAST_FMAF
  return __builtin_fmaf(a, b, c);
#else
  // The product is exact in double. Rounding its sum with c to odd (Boldo and Melquiond 2008) keeps
  // what the second rounding, to float, must know.
  const double product = static_cast<double>(a) * b;
  double sum = product + c;
  const double c_part = sum - product;
  const double error = (product - (sum - c_part)) + (c - c_part);
  uint64_t bits, error_bits;
  memcpy(&bits, &sum, sizeof(bits));
  memcpy(&error_bits, &error, sizeof(error_bits));
  const uint64_t inexact = (error > 0) | (error < 0) ? ~uint64_t{0} : 0;
  const uint64_t toward = 1 - 2 * ((bits ^ error_bits) >> 63);
  bits += toward & inexact & ((bits & 1) - 1);
  memcpy(&sum, &bits, sizeof(sum));
  return static_cast<float>(sum);
#endif
}

inline Lanes load(const float* p) {
  return per_lane([=](int i) { return p[i]; });
}
inline void store(float* p, Lanes a) {
  for (int i = 0; i < kLanes; ++i) p[i] = a.v[i];
}
inline Lanes broadcast(float a) {
  return per_lane([=](int) { return a; });
}
inline Lanes add(Lanes a, Lanes b) {
  return per_lane([&](int i) { return a.v[i] + b.v[i]; });
}
inline Lanes sub(Lanes a, Lanes b) {
  return per_lane([&](int i) { return a.v[i] - b.v[i]; });
}
inline Lanes mul(Lanes a, Lanes b) {
  return per_lane([&](int i) { return a.v[i] * b.v[i]; });
}
inline Lanes div(Lanes a, Lanes b) {
  return per_lane([&](int i) { return a.v[i] / b.v[i]; });
}
// a * b + c, rounded once.
inline Lanes fma(Lanes a, Lanes b, Lanes c) {
  return per_lane([&](int i) { return fused(a.v[i], b.v[i], c.v[i]); });
}
// c - a * b, rounded once.
inline Lanes fnma(Lanes a, Lanes b, Lanes c) {
  return per_lane([&](int i) { return fused(-a.v[i], b.v[i], c.v[i]); });
}
inline Lanes max(Lanes a, Lanes b) {
  return per_lane([&](int i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; });
}
inline Lanes min(Lanes a, Lanes b) {
  return per_lane([&](int i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; });
}
inline Lanes abs(Lanes a) {
  return per_lane([&](int i) { return __builtin_fabsf(a.v[i]); });
}
inline Lanes copy_sign(Lanes magnitude, Lanes sign) {
  return per_lane([&](int i) { return __builtin_copysignf(magnitude.v[i], sign.v[i]); });
}
inline Lanes select_less(Lanes a, Lanes b, Lanes yes, Lanes no) {
  return per_lane([&](int i) { return a.v[i] < b.v[i] ? yes.v[i] : no.v[i]; });
}
inline float greatest_lane(Lanes a) {
  float greatest = a.v[0];
  for (const float value : a.v) greatest = value > greatest ? value : greatest;
  return greatest;
}
// a * 2^n, where the low bits of `shifted` hold n: by adding to the exponent's bits.
inline Lanes scale_by_power(Lanes a, Lanes shifted) {
  return per_lane([&](int i) {
    uint32_t bits, power;
    memcpy(&bits, &a.v[i], sizeof(bits));
    memcpy(&power, &shifted.v[i], sizeof(power));
    bits += power << 23;
    float out;
    memcpy(&out, &bits, sizeof(out));
    return out;
  });
}

}  // namespace
}  // namespace jnlp

#include "kernels/partial_lanes.h"
