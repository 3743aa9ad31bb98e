#pragma once

// Include avx512/lanes.h and gemm_bf16_pairs_impl.h first.
#include "kernels/amx/tiles.h"

namespace jnlp {
namespace {

inline void finish_bf16(const GemmBf16Args& g, const float* sums, int64_t row, int64_t rows,
                        int64_t column, int64_t columns) {
  for (int64_t first = 0; first < columns; first += kLanes) {
    const int64_t width = columns - first < kLanes ? columns - first : kLanes;
    const Lanes bias = g.bias != nullptr ? load(g.bias + column + first) : broadcast(0.0F);
    float* c = g.c + row * g.c_stride + column + first;
    for (int64_t r = 0; r < rows; ++r) {
      const Lanes sum = load(sums + r * kBlockPanels * kTileSide + first);
      store_partial(c + r * g.c_stride, width, jnlp::add(sum, bias));
    }
  }
  activate_rows(g.activation, g.c + row * g.c_stride + column, g.c_stride, rows, columns);
}

// In tiles for any number of rows: they add in another order than the other kernels, and a row's
// result may not depend on how many there are.
void gemm_bf16_amx(const GemmBf16Args& g) {
  constexpr int64_t kBytes = sizeof(uint16_t);
  const TileOperands operands{static_cast<const uint8_t*>(g.a), g.a_stride * kBytes,
                              reinterpret_cast<const uint8_t*>(g.b),
                              g.depth * kPanelColumns * kBytes, g.depth * kBytes};
  const bool as_it_is = g.bias == nullptr && g.activation == Activation::none;
  multiply_in_tiles<DotBf16>(
      operands, g.rows, g.columns, {as_it_is ? g.c : nullptr, g.c_stride},
      [&](const float* sums, int64_t row, int64_t rows, int64_t column, int64_t columns) {
        finish_bf16(g, sums, row, rows, column, columns);
      });
}

}  // namespace
}  // namespace jnlp
