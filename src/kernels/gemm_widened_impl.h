#pragma once

// Products with 16-bit weights, each widened to FP32 exactly. Include a lanes.h first.
#include "kernels/gemm_impl.h"

namespace jnlp {
namespace {

// With more tiles of rows than this, it pays to widen a part of B once for all of them. Later where
// tiles have several panels: their floats do not fit the L1 cache.
constexpr int64_t kWidenInPlace = kTilePanels > 1 ? 8 : 2;

template <typename Weights>
inline void widen_panel(const typename Weights::Element* panel, int64_t depth, float* out) {
  for (int64_t k = 0; k < depth; k += Weights::kSteps) {
#pragma GCC unroll 2
    for (int step = 0; step < Weights::kSteps; ++step) {
#pragma GCC unroll 2
      for (int v = 0; v < kPanelVectors; ++v) {
        store(out + (k + step) * kPanelColumns + v * kLanes, Weights::load(panel, k, step, v));
      }
    }
  }
}

// FP32 weights that were widened, multiplied in the order of the type that they had.
template <typename Weights>
struct WidenedWeights {
  using Element = float;
  static constexpr int kSteps = Weights::kSteps;
  static constexpr int step(int order) { return Weights::step(order); }
  static inline Lanes load(const float* panel, int64_t k, int step, int v) {
    return FloatWeights::load(panel, k + step, 0, v);
  }
};

template <typename Weights, typename Args>
inline void multiply_widened(const Args& g) {
  const Panels<Weights> b{g.b, g.depth * kPanelColumns};
  const bool in_place = g.rows <= kWidenInPlace * kTileRows;
  alignas(64) float wide[kTilePanels * kDepthBlock * kPanelColumns];
  for_each_part(g.columns, g.depth, [&](const Part& part) {
    const Panels<Weights> narrow = b.at(part.panel, part.k);
    const NextPart next = next_part(part, g.columns, b);
    if (in_place) return multiply_part(g, part, narrow, next);
    const Panels<WidenedWeights<Weights>> widened{wide, part.depth * kPanelColumns};
    for (int64_t i = 0; i < part.panels; ++i) {
      widen_panel<Weights>(narrow.at(i, 0).data, part.depth, wide + i * widened.stride);
    }
    multiply_part(g, part, widened, next);
  });
}

}  // namespace
}  // namespace jnlp
