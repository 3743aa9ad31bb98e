#pragma once

// Written once in terms of Lanes; each instruction set compiles its own private copy (the anonymous
// namespace keeps the linker from sharing one). Include a lanes.h first.
#include "kernels/kernels.h"
#include "kernels/rows_impl.h"
#include "kernels/tiles_impl.h"

namespace jnlp {
namespace {

constexpr int kPanelVectors = kPanelColumns / kLanes;

// A tile's place: up to kTileRows rows of A and C, up to kTilePanels panels of B, a part of the
// depth.
struct Tile {
  int64_t depth;
  const float* a;
  int64_t a_stride;
  const float* b;
  int64_t panel_stride;  // floats from panel to panel
  const float* bias;     // null for zeros
  bool resume;           // C holds the sums of the part before
  float* c;
  int64_t c_stride;
  const float* next;  // fetched into the cache meanwhile
};

template <int kRows, int kPanels>
struct MultiplyTile {
  static __attribute__((noinline)) void run(const Tile& t) {
    constexpr int kVectors = kPanels * kPanelVectors;
    Lanes sum[kRows][kVectors];
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        if (t.resume) {
          sum[r][v] = load(t.c + r * t.c_stride + v * kLanes);
        } else {
          sum[r][v] = t.bias != nullptr ? load(t.bias + v * kLanes) : broadcast(0.0F);
        }
      }
    }
    for (int64_t k = 0; k < t.depth; ++k) {
      Lanes b[kVectors];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        b[v] = load(t.b + v / kPanelVectors * t.panel_stride + k * kPanelColumns +
                    v % kPanelVectors * kLanes);
      }
      if ((k & 3) == 0) __builtin_prefetch(t.next + k * (kPanelColumns / 4));
#pragma GCC unroll 12
      for (int r = 0; r < kRows; ++r) {
        const Lanes factor = broadcast(t.a[r * t.a_stride + k]);
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) sum[r][v] = fma(factor, b[v], sum[r][v]);
      }
    }
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        store(t.c + r * t.c_stride + v * kLanes, sum[r][v]);
      }
    }
  }
};

// The last panel may have fewer than 16 columns in C: work on a copy of the tile.
inline void multiply_narrow(int64_t rows, int64_t columns, const Tile& t) {
  float copy[kTileRows * kPanelColumns];
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t j = 0; j < kPanelColumns; ++j) {
      copy[r * kPanelColumns + j] = t.resume && j < columns ? t.c[r * t.c_stride + j] : 0.0F;
    }
  }
  Tile narrow = t;
  narrow.c = copy;
  narrow.c_stride = kPanelColumns;
  run_tile<MultiplyTile>(rows, 1, narrow);
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t j = 0; j < columns; ++j) t.c[r * t.c_stride + j] = copy[r * kPanelColumns + j];
  }
}

// All rows of C for some panels and one part of the depth.
inline void multiply_panels(const GemmArgs& g, int64_t panel, int64_t panels, int64_t k,
                            int64_t depth) {
  const int64_t column = panel * kPanelColumns;
  const int64_t columns =
      g.columns - column < panels * kPanelColumns ? g.columns - column : panels * kPanelColumns;
  const bool last = k + depth == g.depth;
  const int64_t panel_stride = g.depth * kPanelColumns;
  Tile tile{depth,        g.a,
            g.a_stride,   g.b + panel * panel_stride + k * kPanelColumns,
            panel_stride, g.bias != nullptr ? g.bias + column : nullptr,
            k > 0,        g.c,
            g.c_stride,   nullptr};
  for_each_row_tile(g.rows, [&](int64_t row, int64_t rows, int64_t index) {
    tile.a = g.a + row * g.a_stride + k;
    tile.c = g.c + row * g.c_stride + column;
    tile.next = tile.b + panels * panel_stride + index * (depth / 4) * kPanelColumns;
    if (columns < kPanelColumns) {
      multiply_narrow(rows, columns, tile);
    } else {
      run_tile<MultiplyTile>(rows, panels, tile);
    }
    if (!last || g.activation == Activation::none) return;
    for (int64_t r = 0; r < rows; ++r) activate(g.activation, tile.c + r * g.c_stride, columns);
  });
}

void gemm(const GemmArgs& g) {
  // Storing a partial sum and loading it again does not change it: the order of the sum stays.
  int64_t k = 0;
  do {
    const int64_t depth = g.depth - k < kDepthBlock ? g.depth - k : kDepthBlock;
    for_each_panel_group(g.columns, [&](int64_t panel, int64_t panels) {
      multiply_panels(g, panel, panels, k, depth);
    });
    k += depth;
  } while (k < g.depth);
}

void pack(const float* source, int64_t depth, int64_t columns, int64_t stride, float* panels) {
  for (int64_t first = 0; first < columns; first += kPanelColumns) {
    const int64_t width = columns - first < kPanelColumns ? columns - first : kPanelColumns;
    for (int64_t k = 0; k < depth; ++k) {
      const float* row = source + k * stride + first;
      if (width == kPanelColumns) {
#pragma GCC unroll 2
        for (int v = 0; v < kPanelVectors; ++v) store(panels + v * kLanes, load(row + v * kLanes));
      } else {
        for (int64_t j = 0; j < kPanelColumns; ++j) panels[j] = j < width ? row[j] : 0.0F;
      }
      panels += kPanelColumns;
    }
  }
}

void pack_transposed(const float* source, int64_t depth, int64_t columns, int64_t stride,
                     float* panels) {
  for (int64_t first = 0; first < columns; first += kPanelColumns) {
    const int64_t width = columns - first < kPanelColumns ? columns - first : kPanelColumns;
    const float* rows = source + first * stride;
    for (int64_t k = 0; k < depth; ++k) {
      for (int64_t j = 0; j < kPanelColumns; ++j) {
        panels[j] = j < width ? rows[j * stride + k] : 0.0F;
      }
      panels += kPanelColumns;
    }
  }
}

}  // namespace
}  // namespace jnlp
