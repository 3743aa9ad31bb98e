#pragma once

// Products in tiles of 16 rows x 64 bytes (Intel AMX). Include avx512/lanes.h first.
#include "kernels/kernels.h"

namespace jnlp {
namespace {

constexpr int64_t kTileSide = 16;   // rows of a tile; columns of a panel
constexpr int64_t kTileBytes = 64;  // of a row of a tile
constexpr int64_t kBlockRows = 2 * kTileSide;
constexpr int64_t kBlockPanels = 2;

static_assert(kTileBytes == kInt8Depth && kTileBytes == 2 * kBf16Depth);
static_assert(kTileSide == kPanelColumns);

// What LDTILECFG reads.
struct alignas(64) TileShapes {
  uint8_t palette = 1;
  uint8_t start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t row_bytes[16] = {};
  uint8_t rows[16] = {};
};

// Tiles 0-3 hold sums: 0 and 1 those of the upper rows, 2 and 3 of the lower. 4 and 5 are rows of
// A, 6 and 7 panels of B.
constexpr TileShapes shapes_for(int64_t rows) {
  TileShapes shapes;
  const int64_t upper = rows < kTileSide ? rows : kTileSide;
  const int64_t lower = rows - upper;
  for (int tile = 0; tile < 8; ++tile) {
    const bool is_lower = tile == 2 || tile == 3 || tile == 5;
    const int64_t height = tile >= 6 ? kTileSide : is_lower ? lower : upper;
    shapes.rows[tile] = static_cast<uint8_t>(height);
    shapes.row_bytes[tile] = height > 0 ? kTileBytes : 0;
  }
  return shapes;
}

// Made beforehand: LDTILECFG would wait long for what was just stored in pieces.
struct AllTileShapes {
  TileShapes of_rows[kBlockRows + 1];
};
constexpr AllTileShapes kTileShapes = [] {
  AllTileShapes all;
  for (int64_t rows = 1; rows <= kBlockRows; ++rows) all.of_rows[rows] = shapes_for(rows);
  return all;
}();

// Takes about as long as a block of sums: not to be done for each.
inline void configure_tiles(int64_t rows) {
  // Not the intrinsic: in GCC 11 and 12 it tells the compiler of the first bytes only.
  __asm__ volatile("ldtilecfg %0" : : "m"(kTileShapes.of_rows[rows]));
}

// Instructions that multiply the tiles 4 and 5 with 6 and 7. Numbers of tiles are part of them.
struct DotBytes {
  using Sum = int32_t;
  static inline void upper_left() { _tile_dpbusd(0, 4, 6); }
  static inline void upper_right() { _tile_dpbusd(1, 4, 7); }
  static inline void lower_left() { _tile_dpbusd(2, 5, 6); }
  static inline void lower_right() { _tile_dpbusd(3, 5, 7); }
};
struct DotBf16 {
  using Sum = float;
  static inline void upper_left() { _tile_dpbf16ps(0, 4, 6); }
  static inline void upper_right() { _tile_dpbf16ps(1, 4, 7); }
  static inline void lower_left() { _tile_dpbf16ps(2, 5, 6); }
  static inline void lower_right() { _tile_dpbf16ps(3, 5, 7); }
};

// A product in bytes, whatever they hold.
struct TileOperands {
  const uint8_t* a;
  int64_t a_stride;
  const uint8_t* b;
  int64_t panel_stride;
  int64_t depth;  // of a row of A; a multiple of kTileBytes
};

// Where sums go: row by row, `stride` sums from one to the next.
template <typename Sum>
struct TileSums {
  Sum* data;
  int64_t stride;
};

// Sums of up to 32 rows times 16 or 32 columns.
template <typename Dot, bool kTwoRows, bool kTwoPanels>
inline void multiply_block(const TileOperands& t, TileSums<typename Dot::Sum> sums) {
  const int64_t stride = sums.stride * static_cast<int64_t>(sizeof(typename Dot::Sum));
  const uint8_t* lower = t.a + kTileSide * t.a_stride;
  _tile_zero(0);
  if constexpr (kTwoPanels) _tile_zero(1);
  if constexpr (kTwoRows) _tile_zero(2);
  if constexpr (kTwoRows && kTwoPanels) _tile_zero(3);
  for (int64_t k = 0; k < t.depth; k += kTileBytes) {
    const uint8_t* panel = t.b + k * kPanelColumns;
    _tile_loadd(4, t.a + k, t.a_stride);
    _tile_loadd(6, panel, kTileBytes);
    Dot::upper_left();
    if constexpr (kTwoPanels) {
      _tile_loadd(7, panel + t.panel_stride, kTileBytes);
      Dot::upper_right();
    }
    if constexpr (kTwoRows) {
      _tile_loadd(5, lower + k, t.a_stride);
      Dot::lower_left();
    }
    if constexpr (kTwoRows && kTwoPanels) Dot::lower_right();
  }
  _tile_stored(0, sums.data, stride);
  if constexpr (kTwoPanels) _tile_stored(1, sums.data + kTileSide, stride);
  typename Dot::Sum* lower_sums = sums.data + kTileSide * sums.stride;
  if constexpr (kTwoRows) _tile_stored(2, lower_sums, stride);
  if constexpr (kTwoRows && kTwoPanels) _tile_stored(3, lower_sums + kTileSide, stride);
}

template <typename Dot>
inline void multiply_block(bool two_rows, bool two_panels, const TileOperands& t,
                           TileSums<typename Dot::Sum> sums) {
  if (two_rows && two_panels) {
    multiply_block<Dot, true, true>(t, sums);
  } else if (two_rows) {
    multiply_block<Dot, true, false>(t, sums);
  } else if (two_panels) {
    multiply_block<Dot, false, true>(t, sums);
  } else {
    multiply_block<Dot, false, false>(t, sums);
  }
}

// Some rows and columns of a product.
struct TileBlock {
  int64_t row;
  int64_t rows;
  int64_t column;
  int64_t columns;
};

// Results has
// - finish(sums, block), which makes sums, in rows of kBlockPanels panels, into results;
// - kTakesSums; if true also takes_sums: whether sums are the results, as far as panels are whole,
//   and place(row, column): where they go then.
template <typename Dot, typename Results>
inline void multiply_in_tiles(const TileOperands& t, int64_t rows, int64_t columns,
                              const Results& results) {
  using Sum = typename Dot::Sum;
  constexpr int64_t kBlockColumns = kBlockPanels * kPanelColumns;
  // So many columns at a time first for all whole blocks of rows, then for the rest: each has its
  // configuration.
  constexpr int64_t kGroupColumns = 8 * kBlockColumns;
  alignas(64) Sum sums[kBlockRows * kBlockColumns];
  const auto run_block = [&](int64_t row, int64_t height, int64_t column) {
    const int64_t width = columns - column < kBlockColumns ? columns - column : kBlockColumns;
    const TileOperands block{t.a + row * t.a_stride, t.a_stride,
                             t.b + column / kPanelColumns * t.panel_stride, t.panel_stride,
                             t.depth};
    const bool two_rows = height > kTileSide;
    const bool two_panels = width > kPanelColumns;
    if constexpr (Results::kTakesSums) {
      if (results.takes_sums && width % kPanelColumns == 0) {
        return multiply_block<Dot>(two_rows, two_panels, block, results.place(row, column));
      }
    }
    multiply_block<Dot>(two_rows, two_panels, block, {sums, kBlockColumns});
    results.finish(sums, {row, height, column, width});
  };
  const int64_t rest = rows % kBlockRows;
  const int64_t whole_rows = rows - rest;
  for (int64_t group = 0; group < columns; group += kGroupColumns) {
    const int64_t end = columns - group < kGroupColumns ? columns : group + kGroupColumns;
    if (whole_rows > 0 && (group == 0 || rest > 0)) configure_tiles(kBlockRows);
    for (int64_t column = group; column < end; column += kBlockColumns) {
      for (int64_t row = 0; row < whole_rows; row += kBlockRows) run_block(row, kBlockRows, column);
    }
    if (rest == 0) continue;
    if (whole_rows > 0 || group == 0) configure_tiles(rest);
    for (int64_t column = group; column < end; column += kBlockColumns) {
      run_block(whole_rows, rest, column);
    }
  }
  // So that a switch to another thread need not save the tiles.
  _tile_release();
}

}  // namespace
}  // namespace jnlp
