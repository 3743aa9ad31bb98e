#pragma once

// Include avx512/lanes.h, a dot.h and gemm_int8_impl.h first.
#include "kernels/amx/tiles.h"

namespace jnlp {
namespace {

constexpr int64_t kFewRows = 6;  // so few are done sooner without tiles

// Sums to results, as the other kernels make them.
struct Int8Results {
  static constexpr bool kTakesSums = false;
  const GemmInt8Args& g;

  template <int kVectors>
  inline void finish_vectors(const int32_t* sums, const TileBlock& block, int64_t first) const {
    constexpr int64_t kSumsStride = kBlockPanels * kPanelColumns;
    const int64_t column = block.column + first;
    const int64_t width = block.columns - first;
    Lanes column_scale[kVectors], bias[kVectors];
    for (int v = 0; v < kVectors; ++v) {
      column_scale[v] = load(g.column_scales + column + v * kLanes);
      bias[v] = load(g.bias + column + v * kLanes);
    }
    float* out = g.c + block.row * g.c_stride + column;
    const RowScale* scales = g.a_scales + block.row;
    for (int64_t r = 0; r < block.rows; ++r) {
      const Lanes row_scale = broadcast(scales[r].scale);
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) {
        const Sums sum{_mm512_load_si512(sums + first + v * kLanes)};
        const Lanes value = difference(sum, g.column_sums + column + v * kLanes, scales[r].zero);
        const Lanes result = fma(value, mul(row_scale, column_scale[v]), bias[v]);
        if (kVectors > 1 || width >= kLanes) {
          store(out + v * kLanes, result);
        } else {
          store_partial(out, width, result);
        }
      }
      sums += kSumsStride;
      out += g.c_stride;
    }
  }

  inline void finish(const int32_t* sums, const TileBlock& block) const {
    if (block.columns == 2 * kLanes) {
      finish_vectors<2>(sums, block, 0);
    } else {
      for (int64_t first = 0; first < block.columns; first += kLanes) {
        finish_vectors<1>(sums, block, first);
      }
    }
    activate_rows(g.activation, g.c + block.row * g.c_stride + block.column, g.c_stride, block.rows,
                  block.columns);
  }
};

void gemm_int8_amx(const GemmInt8Args& g) {
  if (g.rows < kFewRows) return gemm_int8(g);
  const TileOperands operands{g.a, g.a_stride, reinterpret_cast<const uint8_t*>(g.b),
                              g.depth * kPanelColumns, g.depth};
  multiply_in_tiles<DotBytes>(operands, g.rows, g.columns, Int8Results{g});
}

}  // namespace
}  // namespace jnlp
