#pragma once

// Products with BF16 weights for instruction sets that multiply FP32 only. Include a lanes.h and a
// halves.h first.
#include "kernels/gemm_widened_impl.h"

namespace jnlp {
namespace {

struct Bf16Weights {
  using Element = uint16_t;
  static constexpr int kSteps = 2;
  // The second of a pair first: the order in which vdpbf16ps adds.
  static constexpr int step(int order) { return 1 - order; }
  static inline Lanes load(const uint16_t* panel, int64_t k, int step, int v) {
    const uint16_t* pairs = panel + k * kPanelColumns + kLanes * 2 * v;
    return step == 0 ? load_low_bf16(pairs) : load_high_bf16(pairs);
  }
};

void gemm_bf16(const GemmBf16Args& g) {
  multiply_widened<Bf16Weights>(GemmArgsOf<uint16_t>{g.rows, g.columns, g.depth,
                                                     static_cast<const float*>(g.a), g.a_stride,
                                                     g.b, g.bias, g.c, g.c_stride, g.activation});
}

void to_bf16(const float* x, int64_t n, void* out) {
  auto* values = static_cast<float*>(out);
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(values + i, round_to_bf16(load(x + i)));
  if (i < n) store_partial(values + i, n - i, round_to_bf16(load_partial(x + i, n - i, 0.0F)));
  for (i = n; i % kBf16Depth != 0; ++i) values[i] = 0.0F;
}

}  // namespace
}  // namespace jnlp
