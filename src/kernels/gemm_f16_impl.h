#pragma once

// Products with FP16 weights. Include a lanes.h and a halves.h first.
#include "kernels/gemm_widened_impl.h"

namespace jnlp {
namespace {

struct HalfWeights {
  using Element = uint16_t;
  static constexpr int kSteps = 1;
  static constexpr int step(int order) { return order; }
  static inline Lanes load(const uint16_t* panel, int64_t k, int /*step*/, int v) {
    return load_f16(panel + k * kPanelColumns + v * kLanes);
  }
};

void gemm_f16(const GemmF16Args& g) {
  multiply_widened<HalfWeights>(g);
}

}  // namespace
}  // namespace jnlp
