#pragma once

// How a product is cut into tiles that fit the registers: kTileRows x kTilePanels panels of an
// instruction set's lanes.h. Include that first.
#include "kernels/kernels.h"

namespace jnlp {
namespace {

// Calls body(row, rows, index) for tiles that cover `total` rows. Rows are spread evenly, as a tile
// of one row costs nearly as much as one of three.
template <typename Body>
inline void for_each_row_tile(int64_t total, Body body) {
  const int64_t tiles = (total + kTileRows - 1) / kTileRows;
  int64_t row = 0;
  for (int64_t index = 0; index < tiles; ++index) {
    const int64_t rows = (total - row) / (tiles - index);
    body(row, rows, index);
    row += rows;
  }
}

// Calls body(panel, panels) for groups of whole panels, then for the last one if it is narrow.
template <typename Body>
inline void for_each_panel_group(int64_t columns, Body body) {
  const int64_t whole = columns / kPanelColumns;
  int64_t panel = 0;
  while (panel < whole) {
    const int64_t panels = whole - panel < kTilePanels ? whole - panel : kTilePanels;
    body(panel, panels);
    panel += panels;
  }
  if (columns % kPanelColumns != 0) body(whole, 1);
}

template <template <int, int> class Function, int kRows, int kPanels, typename Args>
inline void run_panels(int64_t panels, const Args& args) {
  if constexpr (kPanels > 1) {
    if (panels < kPanels) return run_panels<Function, kRows, kPanels - 1>(panels, args);
  }
  Function<kRows, kPanels>::run(args);
}

// Runs the tile function that is compiled for exactly this size.
template <template <int, int> class Function, int kRows = kTileRows, typename Args>
inline void run_tile(int64_t rows, int64_t panels, const Args& args) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return run_tile<Function, kRows - 1>(rows, panels, args);
  }
  run_panels<Function, kRows, kTilePanels>(panels, args);
}

// The same for `columns` of C, which the last panel may not fill: then on a copy of the tile's C.
template <template <int, int> class Function, typename Args>
inline void run_tile_within(int64_t rows, int64_t panels, int64_t columns, const Args& args) {
  if (columns >= kPanelColumns) return run_tile<Function>(rows, panels, args);
  bool resume = false;  // C holds sums to go on with
  if constexpr (requires { args.resume; }) resume = args.resume;
  float copy[kTileRows * kPanelColumns];
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t j = 0; j < kPanelColumns; ++j) {
      copy[r * kPanelColumns + j] = resume && j < columns ? args.c[r * args.c_stride + j] : 0.0F;
    }
  }
  Args narrow = args;
  narrow.c = copy;
  narrow.c_stride = kPanelColumns;
  run_tile<Function>(rows, 1, narrow);
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t j = 0; j < columns; ++j) {
      args.c[r * args.c_stride + j] = copy[r * kPanelColumns + j];
    }
  }
}

}  // namespace
}  // namespace jnlp
