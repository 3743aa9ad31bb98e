#pragma once

// Products with BF16 weights for instruction sets that add two products at once. Include a lanes.h,
// a halves.h and a pairs.h first.
#include "kernels/gemm_impl.h"

namespace jnlp {
namespace {

struct Bf16Tile {
  int64_t depth;
  const uint16_t* a;
  int64_t a_stride;
  const uint16_t* b;
  int64_t panel_stride;  // values from panel to panel
  const float* bias;     // null for zeros
  float* c;
  int64_t c_stride;
};

template <int kRows, int kPanels>
struct MultiplyBf16Tile {
  static __attribute__((noinline)) void run(const Bf16Tile& t) {
    constexpr int kVectors = kPanels * kPanelVectors;
    Lanes sum[kRows][kVectors];
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        sum[r][v] = t.bias != nullptr ? load(t.bias + v * kLanes) : broadcast(0.0F);
      }
    }
    for (int64_t k = 0; k < t.depth; k += 2) {
      Pairs b[kVectors];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        b[v] = load_pairs(t.b + v / kPanelVectors * t.panel_stride + k * kPanelColumns +
                          kLanes * 2 * (v % kPanelVectors));
      }
#pragma GCC unroll 12
      for (int r = 0; r < kRows; ++r) {
        const Pairs factor = broadcast_pair(t.a + r * t.a_stride + k);
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) sum[r][v] = add_pairs(sum[r][v], factor, b[v]);
      }
    }
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) store(t.c + r * t.c_stride + v * kLanes, sum[r][v]);
    }
  }
};

void gemm_bf16_pairs(const GemmBf16Args& g) {
  const int64_t panel_stride = g.depth * kPanelColumns;
  const auto* a = static_cast<const uint16_t*>(g.a);
  for_each_panel_group(g.columns, [&](int64_t panel, int64_t panels) {
    const int64_t column = panel * kPanelColumns;
    const int64_t columns =
        g.columns - column < panels * kPanelColumns ? g.columns - column : panels * kPanelColumns;
    for_each_row_tile(g.rows, [&](int64_t row, int64_t rows, int64_t) {
      const Bf16Tile tile{g.depth,
                          a + row * g.a_stride,
                          g.a_stride,
                          g.b + panel * panel_stride,
                          panel_stride,
                          g.bias != nullptr ? g.bias + column : nullptr,
                          g.c + row * g.c_stride + column,
                          g.c_stride};
      run_tile_within<MultiplyBf16Tile>(rows, panels, columns, tile);
      activate_rows(g.activation, tile.c, g.c_stride, rows, columns);
    });
  });
}

void to_bf16_pairs(const float* x, int64_t n, void* out) {
  auto* values = static_cast<uint16_t*>(out);
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store_high_halves(values + i, round_to_bf16(load(x + i)));
  if (i < n) {
    uint16_t rest[kLanes];
    store_high_halves(rest, round_to_bf16(load_partial(x + i, n - i, 0.0F)));
    for (; i < n; ++i) values[i] = rest[i % kLanes];
  }
  for (i = n; i % kBf16Depth != 0; ++i) values[i] = 0;
}

// The table whose BF16 products are those of this file.
constexpr Kernels with_bf16_pairs(Kernels kernels) {
  kernels.gemm_bf16 = gemm_bf16_pairs;
  kernels.to_bf16 = to_bf16_pairs;
  kernels.bf16_bytes = 2;
  return kernels;
}

}  // namespace
}  // namespace jnlp
