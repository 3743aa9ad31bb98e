#pragma once

// INT8 products in tiles of 16 x 64 bytes (Intel AMX). Include avx512/lanes.h, a dot.h and
// gemm_int8_impl.h first.

namespace jnlp {
namespace {

constexpr int64_t kTileSide = 16;   // rows of a tile; columns of a panel
constexpr int64_t kTileDepth = 64;  // values of k that a tile of bytes holds
constexpr int64_t kBlockRows = 2 * kTileSide;
constexpr int64_t kBlockPanels = 2;
constexpr int64_t kFewRows = 6;  // so few are done sooner without tiles

static_assert(kTileDepth == kInt8Depth && kTileSide == kPanelColumns);

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
inline void configure_tiles(int64_t rows) {
  TileShapes shapes;
  const int64_t upper = rows < kTileSide ? rows : kTileSide;
  const int64_t lower = rows - upper;
  for (int tile = 0; tile < 8; ++tile) {
    const bool is_lower = tile == 2 || tile == 3 || tile == 5;
    const int64_t height = tile >= 6 ? kTileSide : is_lower ? lower : upper;
    shapes.rows[tile] = static_cast<uint8_t>(height);
    shapes.row_bytes[tile] = height > 0 ? kTileDepth : 0;
  }
  _tile_loadconfig(&shapes);
}

// Sums of up to 32 rows times 16 or 32 columns, a row of 32 sums behind the other.
template <bool kTwoRows, bool kTwoPanels>
inline void multiply_block(const uint8_t* a, int64_t a_stride, const int8_t* b,
                           int64_t panel_stride, int64_t depth, int32_t* sums) {
  constexpr int64_t kSumsStride = kBlockPanels * kTileSide * sizeof(int32_t);
  const uint8_t* lower = a + kTileSide * a_stride;
  _tile_zero(0);
  if constexpr (kTwoPanels) _tile_zero(1);
  if constexpr (kTwoRows) _tile_zero(2);
  if constexpr (kTwoRows && kTwoPanels) _tile_zero(3);
  for (int64_t k = 0; k < depth; k += kTileDepth) {
    const int8_t* panel = b + k * kPanelColumns;
    _tile_loadd(4, a + k, a_stride);
    _tile_loadd(6, panel, kTileDepth);
    _tile_dpbusd(0, 4, 6);
    if constexpr (kTwoPanels) {
      _tile_loadd(7, panel + panel_stride, kTileDepth);
      _tile_dpbusd(1, 4, 7);
    }
    if constexpr (kTwoRows) {
      _tile_loadd(5, lower + k, a_stride);
      _tile_dpbusd(2, 5, 6);
    }
    if constexpr (kTwoRows && kTwoPanels) _tile_dpbusd(3, 5, 7);
  }
  _tile_stored(0, sums, kSumsStride);
  if constexpr (kTwoPanels) _tile_stored(1, sums + kTileSide, kSumsStride);
  int32_t* lower_sums = sums + kTileSide * kBlockPanels * kTileSide;
  if constexpr (kTwoRows) _tile_stored(2, lower_sums, kSumsStride);
  if constexpr (kTwoRows && kTwoPanels) _tile_stored(3, lower_sums + kTileSide, kSumsStride);
}

inline void multiply_block(bool two_rows, bool two_panels, const uint8_t* a, int64_t a_stride,
                           const int8_t* b, int64_t panel_stride, int64_t depth, int32_t* sums) {
  if (two_rows && two_panels) {
    multiply_block<true, true>(a, a_stride, b, panel_stride, depth, sums);
  } else if (two_rows) {
    multiply_block<true, false>(a, a_stride, b, panel_stride, depth, sums);
  } else if (two_panels) {
    multiply_block<false, true>(a, a_stride, b, panel_stride, depth, sums);
  } else {
    multiply_block<false, false>(a, a_stride, b, panel_stride, depth, sums);
  }
}

// Sums to results, as the other kernels make them.
inline void finish_block(const GemmInt8Args& g, const int32_t* sums, int64_t row, int64_t rows,
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
  if (g.activation == Activation::none) return;
  for (int64_t r = 0; r < rows; ++r) {
    activate(g.activation, g.c + (row + r) * g.c_stride + column, columns);
  }
}

void gemm_int8_amx(const GemmInt8Args& g) {
  if (g.rows < kFewRows) return gemm_int8(g);
  alignas(64) int32_t sums[kBlockRows * kBlockPanels * kTileSide];
  const int64_t panel_stride = g.depth * kPanelColumns;
  int64_t configured = 0;
  for (int64_t column = 0; column < g.columns; column += kBlockPanels * kPanelColumns) {
    const int64_t left = g.columns - column;
    const int64_t columns =
        left < kBlockPanels * kPanelColumns ? left : kBlockPanels * kPanelColumns;
    for (int64_t row = 0; row < g.rows; row += kBlockRows) {
      const int64_t rows = g.rows - row < kBlockRows ? g.rows - row : kBlockRows;
      if (rows != configured) configure_tiles(rows);
      configured = rows;
      multiply_block(rows > kTileSide, columns > kPanelColumns, g.a + row * g.a_stride, g.a_stride,
                     g.b + column / kPanelColumns * panel_stride, panel_stride, g.depth, sums);
      finish_block(g, sums, row, rows, column, columns);
    }
  }
  // So that a switch to another thread need not save the tiles.
  _tile_release();
}

}  // namespace
}  // namespace jnlp
