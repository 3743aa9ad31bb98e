#pragma once

// Written once in terms of Lanes; each instruction set compiles its own private copy (the anonymous
// namespace keeps the linker from sharing one). Include a lanes.h first.
#include "kernels/kernels.h"
#include "kernels/rows_impl.h"
#include "kernels/tiles_impl.h"

namespace jnlp {
namespace {

constexpr int kPanelVectors = kPanelColumns / kLanes;
constexpr int64_t kCacheLine = 64;

// How a tile reads FP32 weights. What reads other types has the same members.
struct FloatWeights {
  using Element = float;
  static constexpr int kSteps = 1;  // values of k that lie together: depths are multiples of it
  // The step that is `order`th to be multiplied.
  static constexpr int step(int order) { return order; }
  // Vector v of a panel's row k + step, for k a multiple of kSteps.
  static inline Lanes load(const float* panel, int64_t k, int /*step*/, int v) {
    return jnlp::load(panel + k * kPanelColumns + v * kLanes);
  }
};

// Some panels, from some k on.
template <typename Weights>
struct Panels {
  const typename Weights::Element* data;
  int64_t stride;  // elements from panel to panel

  inline Panels at(int64_t panel, int64_t k) const {
    return {data + panel * stride + k * kPanelColumns, stride};
  }
};

// What one tile fetches while it computes.
struct FetchedLines {
  const char* data;
  int64_t count;  // cache lines
};

// A tile's place: up to kTileRows rows of A and C, up to kTilePanels panels of B, a part of the
// depth.
template <typename Weights>
struct Tile {
  int64_t depth;
  const float* a;
  int64_t a_stride;
  Panels<Weights> b;
  const float* bias;  // null for zeros
  bool resume;        // C holds the sums of the part before
  float* c;
  int64_t c_stride;
  FetchedLines fetched;  // one per step of k
};

template <int kRows, int kPanels>
struct MultiplyTile {
  template <typename Weights>
  static __attribute__((noinline)) void run(const Tile<Weights>& t) {
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
    for (int64_t k = 0; k < t.depth; k += Weights::kSteps) {
      const int64_t line = k / Weights::kSteps;
      if (line < t.fetched.count) __builtin_prefetch(t.fetched.data + line * kCacheLine);
#pragma GCC unroll 2
      for (int order = 0; order < Weights::kSteps; ++order) {
        const int step = Weights::step(order);
        Lanes b[kVectors];
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) {
          b[v] =
              Weights::load(t.b.data + v / kPanelVectors * t.b.stride, k, step, v % kPanelVectors);
        }
#pragma GCC unroll 12
        for (int r = 0; r < kRows; ++r) {
          const Lanes factor = broadcast(t.a[r * t.a_stride + k + step]);
#pragma GCC unroll 4
          for (int v = 0; v < kVectors; ++v) sum[r][v] = fma(factor, b[v], sum[r][v]);
        }
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

// Some panels and a part of the depth.
struct Part {
  int64_t panel;
  int64_t panels;
  int64_t k;
  int64_t depth;
};

// What the next part of B is: as many panels, of so many bytes each, at a distance of `stride`.
struct NextPart {
  const char* data;
  int64_t stride;
  int64_t panels;
  int64_t panel_bytes;
};

template <typename Weights>
inline NextPart next_part(const Part& part, int64_t columns, Panels<Weights> b) {
  const int64_t bytes = sizeof(typename Weights::Element);
  const bool last = (part.panel + part.panels) * kPanelColumns >= columns;
  const Panels<Weights> next =
      last ? b.at(0, part.k + part.depth) : b.at(part.panel + part.panels, part.k);
  return {reinterpret_cast<const char*>(next.data), b.stride * bytes, part.panels,
          part.depth * kPanelColumns * bytes};
}

// The share of the next part that falls to a tile of rows.
inline FetchedLines fetched_lines(const NextPart& next, int64_t rows, int64_t tile) {
  const int64_t panel_lines = (next.panel_bytes + kCacheLine - 1) / kCacheLine;
  const int64_t tiles = (rows + kTileRows - 1) / kTileRows;
  const int64_t count = (next.panels * panel_lines + tiles - 1) / tiles;
  const int64_t line = tile * count;
  return {next.data + line / panel_lines * next.stride + line % panel_lines * kCacheLine, count};
}

// All rows of C for a part of B, which `b` starts with. Each tile of rows fetches its share of the
// next part.
template <typename Weights, typename Args>
inline void multiply_part(const Args& g, const Part& part, Panels<Weights> b,
                          const NextPart& next) {
  const int64_t column = part.panel * kPanelColumns;
  const int64_t width = part.panels * kPanelColumns;
  const int64_t columns = g.columns - column < width ? g.columns - column : width;
  const bool last = part.k + part.depth == g.depth;
  Tile<Weights> tile{
      part.depth, g.a, g.a_stride, b,           g.bias != nullptr ? g.bias + column : nullptr,
      part.k > 0, g.c, g.c_stride, {nullptr, 0}};
  for_each_row_tile(g.rows, [&](int64_t row, int64_t rows, int64_t index) {
    tile.a = g.a + row * g.a_stride + part.k;
    tile.c = g.c + row * g.c_stride + column;
    tile.fetched = fetched_lines(next, g.rows, index);
    run_tile_within<MultiplyTile>(rows, part.panels, columns, tile);
    if (last) activate_rows(g.activation, tile.c, g.c_stride, rows, columns);
  });
}

// Calls body(part) for parts that cover B. Storing a partial sum and loading it again does not
// change it: the order of the sum stays.
template <typename Body>
inline void for_each_part(int64_t columns, int64_t whole_depth, Body body) {
  int64_t k = 0;
  do {
    const int64_t depth = whole_depth - k < kDepthBlock ? whole_depth - k : kDepthBlock;
    for_each_panel_group(columns, [&](int64_t panel, int64_t panels) {
      body(Part{panel, panels, k, depth});
    });
    k += depth;
  } while (k < whole_depth);
}

void gemm(const GemmArgs& g) {
  const Panels<FloatWeights> b{g.b, g.depth * kPanelColumns};
  for_each_part(g.columns, g.depth, [&](const Part& part) {
    multiply_part(g, part, b.at(part.panel, part.k), next_part(part, g.columns, b));
  });
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
