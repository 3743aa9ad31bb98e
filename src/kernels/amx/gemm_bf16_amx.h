#pragma once

// Include avx512/lanes.h and gemm_bf16_pairs_impl.h first.
#include "kernels/amx/tiles.h"

namespace jnlp {
namespace {

struct Bf16Results {
  static constexpr bool kTakesSums = true;
  const GemmBf16Args& g;
  bool takes_sums;

  inline TileSums<float> place(int64_t row, int64_t column) const {
    return {g.c + row * g.c_stride + column, g.c_stride};
  }

  inline void finish(const float* sums, const TileBlock& block) const {
    constexpr int64_t kSumsStride = kBlockPanels * kPanelColumns;
    for (int64_t first = 0; first < block.columns; first += kLanes) {
      const int64_t column = block.column + first;
      const int64_t width = block.columns - first < kLanes ? block.columns - first : kLanes;
      const Lanes bias = g.bias != nullptr ? load(g.bias + column) : broadcast(0.0F);
      for (int64_t r = 0; r < block.rows; ++r) {
        const Lanes sum = load(sums + r * kSumsStride + first);
        store_partial(g.c + (block.row + r) * g.c_stride + column, width, jnlp::add(sum, bias));
      }
    }
    activate_rows(g.activation, g.c + block.row * g.c_stride + block.column, g.c_stride, block.rows,
                  block.columns);
  }
};

// In tiles for any number of rows: they add in another order than the other kernels, and a row's
// result may not depend on how many there are.
void gemm_bf16_amx(const GemmBf16Args& g) {
  constexpr int64_t kBytes = sizeof(uint16_t);
  const TileOperands operands{static_cast<const uint8_t*>(g.a), g.a_stride * kBytes,
                              reinterpret_cast<const uint8_t*>(g.b),
                              g.depth * kPanelColumns * kBytes, g.depth * kBytes};
  const bool takes_sums = g.bias == nullptr && g.activation == Activation::none;
  multiply_in_tiles<DotBf16>(operands, g.rows, g.columns, Bf16Results{g, takes_sums});
}

}  // namespace
}  // namespace jnlp
