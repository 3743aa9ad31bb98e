#pragma once

// Written once in terms of Lanes; each instruction set compiles its own private copy (the anonymous
// namespace keeps the linker from sharing one). Include a lanes.h first.
#include "kernels/kernels.h"

namespace jnlp {
namespace {

static_assert(kPanelColumns == 2 * kLanes);

constexpr int kTileRows = 6;  // 6 x 16 results, two vectors of B and one of A fill 16 registers
// Part of the depth done at a time: 16 columns of it (24 KB) fit the L1 cache beside A's rows.
constexpr int64_t kDepthBlock = 384;

// One tile of up to 6 x 16 results over `depth` steps. `next` is fetched into the cache meanwhile.
template <int kRows>
inline __attribute__((always_inline)) void multiply_tile(int64_t depth, const float* a,
                                                         int64_t a_stride, const float* b,
                                                         const float* bias, bool resume, float* c,
                                                         int64_t c_stride, const float* next) {
  Lanes left[kRows];
  Lanes right[kRows];
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r) {
    if (resume) {
      left[r] = load(c + r * c_stride);
      right[r] = load(c + r * c_stride + kLanes);
    } else {
      left[r] = bias != nullptr ? load(bias) : broadcast(0.0F);
      right[r] = bias != nullptr ? load(bias + kLanes) : broadcast(0.0F);
    }
  }
  for (int64_t k = 0; k < depth; ++k) {
    const Lanes b_left = load(b + k * kPanelColumns);
    const Lanes b_right = load(b + k * kPanelColumns + kLanes);
    if ((k & 3) == 0) __builtin_prefetch(next + k * (kPanelColumns / 4));
#pragma GCC unroll 6
    for (int r = 0; r < kRows; ++r) {
      const Lanes factor = broadcast(a[r * a_stride + k]);
      left[r] = fma(factor, b_left, left[r]);
      right[r] = fma(factor, b_right, right[r]);
    }
  }
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r) {
    store(c + r * c_stride, left[r]);
    store(c + r * c_stride + kLanes, right[r]);
  }
}

inline void multiply_rows(int64_t rows, int64_t depth, const float* a, int64_t a_stride,
                          const float* b, const float* bias, bool resume, float* c,
                          int64_t c_stride, const float* next) {
  switch (rows) {
    case 1:
      return multiply_tile<1>(depth, a, a_stride, b, bias, resume, c, c_stride, next);
    case 2:
      return multiply_tile<2>(depth, a, a_stride, b, bias, resume, c, c_stride, next);
    case 3:
      return multiply_tile<3>(depth, a, a_stride, b, bias, resume, c, c_stride, next);
    case 4:
      return multiply_tile<4>(depth, a, a_stride, b, bias, resume, c, c_stride, next);
    case 5:
      return multiply_tile<5>(depth, a, a_stride, b, bias, resume, c, c_stride, next);
    default:
      return multiply_tile<6>(depth, a, a_stride, b, bias, resume, c, c_stride, next);
  }
}

// The last panel may have fewer than 16 columns in C: work on a copy of the tile.
inline void multiply_narrow(int64_t rows, int64_t columns, int64_t depth, const float* a,
                            int64_t a_stride, const float* b, const float* bias, bool resume,
                            float* c, int64_t c_stride) {
  float tile[kTileRows * kPanelColumns];
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t j = 0; j < kPanelColumns; ++j) {
      tile[r * kPanelColumns + j] = resume && j < columns ? c[r * c_stride + j] : 0.0F;
    }
  }
  multiply_rows(rows, depth, a, a_stride, b, bias, resume, tile, kPanelColumns, b);
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t j = 0; j < columns; ++j) c[r * c_stride + j] = tile[r * kPanelColumns + j];
  }
}

// All rows of C for one panel and one part of the depth. Rows are spread evenly over the tiles, as
// a tile of one row costs nearly as much as one of three.
inline void multiply_panel(const GemmArgs& g, int64_t panel, int64_t k, int64_t depth) {
  const int64_t column = panel * kPanelColumns;
  const int64_t columns = g.columns - column;
  const float* b = g.b + panel * g.depth * kPanelColumns + k * kPanelColumns;
  const float* bias = g.bias != nullptr ? g.bias + column : nullptr;
  const float* next = b + g.depth * kPanelColumns;
  const int64_t tiles = (g.rows + kTileRows - 1) / kTileRows;
  int64_t row = 0;
  for (int64_t tile = 0; tile < tiles; ++tile) {
    const int64_t rows = (g.rows - row) / (tiles - tile);
    const float* a = g.a + row * g.a_stride + k;
    float* c = g.c + row * g.c_stride + column;
    if (columns >= kPanelColumns) {
      multiply_rows(rows, depth, a, g.a_stride, b, bias, k > 0, c, g.c_stride,
                    next + tile * (depth / 4) * kPanelColumns);
    } else {
      multiply_narrow(rows, columns, depth, a, g.a_stride, b, bias, k > 0, c, g.c_stride);
    }
    row += rows;
  }
}

void gemm(const GemmArgs& g) {
  const int64_t panels = (g.columns + kPanelColumns - 1) / kPanelColumns;
  // Storing a partial sum and loading it again does not change it: the order of the sum stays.
  int64_t k = 0;
  do {
    const int64_t depth = g.depth - k < kDepthBlock ? g.depth - k : kDepthBlock;
    for (int64_t panel = 0; panel < panels; ++panel) multiply_panel(g, panel, k, depth);
    k += depth;
  } while (k < g.depth);
}

void pack(const float* source, int64_t depth, int64_t columns, int64_t stride, float* panels) {
  for (int64_t first = 0; first < columns; first += kPanelColumns) {
    const int64_t width = columns - first < kPanelColumns ? columns - first : kPanelColumns;
    for (int64_t k = 0; k < depth; ++k) {
      const float* row = source + k * stride + first;
      if (width == kPanelColumns) {
        store(panels, load(row));
        store(panels + kLanes, load(row + kLanes));
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
