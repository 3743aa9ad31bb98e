#pragma once

// Include lanes.h first.

namespace jnlp {
namespace {

struct Sums {
  int32_t v[kLanes];
};
struct Bytes {
  int8_t v[4 * kLanes];
};

constexpr int32_t kDotOffset = 0;

inline Sums zero_sums() {
  return {};
}
inline Bytes load_bytes(const int8_t* p) {
  Bytes bytes;
  memcpy(bytes.v, p, sizeof(bytes.v));
  return bytes;
}
inline Bytes broadcast_group(const uint8_t* p) {
  Bytes bytes;
  for (int64_t i = 0; i < kLanes; ++i) memcpy(bytes.v + 4 * i, p, 4);
  return bytes;
}
// Adds to each sum the products of its four unsigned bytes of a with the signed ones of b.
inline Sums dot(Sums sums, Bytes a, Bytes b) {
  for (int i = 0; i < 4 * kLanes; ++i) sums.v[i / 4] += static_cast<uint8_t>(a.v[i]) * b.v[i];
  return sums;
}
// sums - column_sums * zero
inline Lanes difference(Sums sums, const int32_t* column_sums, int32_t zero) {
  return per_lane([&](int i) { return static_cast<float>(sums.v[i] - column_sums[i] * zero); });
}
inline void store_low_bytes(uint8_t* out, Lanes a, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    uint32_t bits;
    memcpy(&bits, &a.v[i], sizeof(bits));
    out[i] = static_cast<uint8_t>(bits);
  }
}

}  // namespace
}  // namespace jnlp
