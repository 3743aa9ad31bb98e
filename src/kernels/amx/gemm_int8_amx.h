#pragma once

// Include avx512/lanes.h, a dot.h and gemm_int8_impl.h first.
#include "kernels/amx/tiles.h"

namespace jnlp {
namespace {

constexpr int64_t kFewRows = 6;  // so few are done sooner without tiles

// Sums to results, as the other kernels make them.
inline void finish_int8(const GemmInt8Args& g, const int32_t* sums, int64_t row, int64_t rows,
                        int64_t column, int64_t columns) {
  for (int64_t first = 0; first < columns; first += kLanes) {
    const int64_t width = columns - first < kLanes ? columns - first : kLanes;
    const Lanes column_scale = load(g.column_scales + column + first);
    const Lanes bias = load(g.bias + column + first);
    const int32_t* column_sums = g.column_sums + column + first;
    float* c = g.c + row * g.c_stride + column + first;
    for (int64_t r = 0; r < rows; ++r) {
      const RowScale scale = g.a_scales[row + r];
      const Sums sum{_mm512_load_si512(sums + r * kBlockPanels * kTileSide + first)};
      const Lanes value = difference(sum, column_sums, scale.zero);
      const Lanes result = fma(value, mul(broadcast(scale.scale), column_scale), bias);
      if (width == kLanes) {
        store(c + r * g.c_stride, result);
      } else {
        store_partial(c + r * g.c_stride, width, result);
      }
    }
  }
  activate_rows(g.activation, g.c + row * g.c_stride + column, g.c_stride, rows, columns);
}

void gemm_int8_amx(const GemmInt8Args& g) {
  if (g.rows < kFewRows) return gemm_int8(g);
  const TileOperands operands{g.a, g.a_stride, reinterpret_cast<const uint8_t*>(g.b),
                              g.depth * kPanelColumns, g.depth};
  multiply_in_tiles<DotBytes>(
      operands, g.rows, g.columns, {nullptr, 0},
      [&](const int32_t* sums, int64_t row, int64_t rows, int64_t column, int64_t columns) {
        finish_int8(g, sums, row, rows, column, columns);
      });
}

}  // namespace
}  // namespace jnlp
