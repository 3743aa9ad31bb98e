#pragma once

// For instruction sets without masks. Include a lanes.h first.

namespace jnlp {
namespace {

inline Lanes load_partial(const float* p, int64_t count, float fill) {
  float buffer[kLanes];
  for (int64_t i = 0; i < kLanes; ++i) buffer[i] = i < count ? p[i] : fill;
  return load(buffer);
}

inline void store_partial(float* p, int64_t count, Lanes a) {
  float buffer[kLanes];
  store(buffer, a);
  for (int64_t i = 0; i < count; ++i) p[i] = buffer[i];
}

}  // namespace
}  // namespace jnlp
