#pragma once

#include <stdint.h>
#include <string.h>

// Eight lanes in plain C++: what every other lanes.h must equal, bit for bit.

namespace jnlp {
namespace {

constexpr int64_t kLanes = 8;

struct Lanes {
  float v[kLanes];
};

template <typename Function>
inline Lanes per_lane(Function function) {
  Lanes out;
  for (int i = 0; i < kLanes; ++i) out.v[i] = function(i);
  return out;
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
  return per_lane([&](int i) { return __builtin_fmaf(a.v[i], b.v[i], c.v[i]); });
}
// c - a * b, rounded once.
inline Lanes fnma(Lanes a, Lanes b, Lanes c) {
  return per_lane([&](int i) { return __builtin_fmaf(-a.v[i], b.v[i], c.v[i]); });
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
