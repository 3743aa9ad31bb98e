#pragma once

// INT8 products, written once in terms of Sums, Bytes and dot(). Include a lanes.h and a dot.h
// first.
#include "kernels/gemm_impl.h"

namespace jnlp {
namespace {

constexpr int64_t kGroup = 4;  // values of k in 32 bits

struct Int8Tile {
  int64_t groups;
  const uint8_t* a;
  int64_t a_stride;
  const RowScale* a_scales;
  const int8_t* b;
  int64_t panel_stride;  // bytes from panel to panel
  const float* column_scales;
  const int32_t* column_sums;
  const float* bias;
  float* c;
  int64_t c_stride;
};

// A row's results from its sums for vector v of the tile's columns, where the bytes of A were taken
// less `offset`.
inline void store_results(const Int8Tile& t, int row, int v, Sums sums, int32_t offset) {
  const Lanes scale = broadcast(t.a_scales[row].scale);
  const int64_t column = v * kLanes;
  const Lanes value = difference(sums, t.column_sums + column, t.a_scales[row].zero - offset);
  const Lanes factor = mul(scale, load(t.column_scales + column));
  store(t.c + row * t.c_stride + column, fma(value, factor, load(t.bias + column)));
}

template <int kRows, int kPanels>
struct MultiplyInt8Tile {
  static __attribute__((noinline)) void run(const Int8Tile& t) {
    constexpr int kVectors = kPanels * kPanelVectors;
    constexpr int64_t kVectorBytes = kGroup * kLanes;
    Sums sum[kRows][kVectors];
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sum[r][v] = zero_sums();
    }
    const uint8_t* a = t.a;
    const int8_t* b = t.b;
    for (int64_t group = 0; group < t.groups; ++group) {
      Bytes weights[kVectors];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        weights[v] =
            load_bytes(b + v / kPanelVectors * t.panel_stride + v % kPanelVectors * kVectorBytes);
      }
#pragma GCC unroll 12
      for (int r = 0; r < kRows; ++r) {
        const Bytes factor = broadcast_group(a + r * t.a_stride);
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) sum[r][v] = dot(sum[r][v], factor, weights[v]);
      }
      a += kGroup;
      b += kGroup * kPanelColumns;
    }
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) store_results(t, r, v, sum[r][v], kDotOffset);
    }
  }
};

template <template <int, int> class MultiplyTile>
inline void multiply_int8(const GemmInt8Args& g) {
  const int64_t panel_stride = g.depth * kPanelColumns;
  for_each_panel_group(g.columns, [&](int64_t panel, int64_t panels) {
    const int64_t column = panel * kPanelColumns;
    const int64_t columns =
        g.columns - column < panels * kPanelColumns ? g.columns - column : panels * kPanelColumns;
    for_each_row_tile(g.rows, [&](int64_t row, int64_t rows, int64_t) {
      const Int8Tile tile{g.depth / kGroup,
                          g.a + row * g.a_stride,
                          g.a_stride,
                          g.a_scales + row,
                          g.b + panel * panel_stride,
                          panel_stride,
                          g.column_scales + column,
                          g.column_sums + column,
                          g.bias + column,
                          g.c + row * g.c_stride + column,
                          g.c_stride};
      run_tile_within<MultiplyTile>(rows, panels, columns, tile);
      activate_rows(g.activation, tile.c, g.c_stride, rows, columns);
    });
  });
}

void gemm_int8(const GemmInt8Args& g) {
  multiply_int8<MultiplyInt8Tile>(g);
}

// A row as it is quantized.
struct PlainRow {
  const float* x;
  Lanes lanes(int64_t i) const { return load(x + i); }
  Lanes partial(int64_t i, int64_t n) const { return load_partial(x + i, n, 0.0F); }
};

struct ScaledRow {
  const float* x;
  const float* factors;
  Lanes lanes(int64_t i) const { return mul(load(x + i), load(factors + i)); }
  Lanes partial(int64_t i, int64_t n) const {
    return mul(load_partial(x + i, n, 0.0F), load_partial(factors + i, n, 0.0F));
  }
};

// Adding kRoundShift leaves a whole number in the low bits, as for exp.
template <typename Row>
inline RowScale quantize_row(const Row& row, int64_t n, uint8_t* out) {
  Lanes least = broadcast(0.0F);
  Lanes greatest = broadcast(0.0F);
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const Lanes values = row.lanes(i);
    least = min(least, values);
    greatest = max(greatest, values);
  }
  if (i < n) {
    const Lanes rest = row.partial(i, n - i);
    least = min(least, rest);
    greatest = max(greatest, rest);
  }
  const float low = -greatest_lane(sub(broadcast(0.0F), least));
  const float high = greatest_lane(greatest);
  const float range = high - low;
  // Too small to divide by, or infinite: then every byte is 0, and the scale says the rest. A NaN
  // is not looked for: it may be dropped.
  const bool usable = range > 1e-30F && range < __builtin_inff();
  const float inverse = usable ? 255.0F / range : 0.0F;
  const float zero = usable ? (kRoundShift - low * inverse) - kRoundShift : 0.0F;
  const Lanes factor = broadcast(inverse);
  const Lanes shift = broadcast(kRoundShift + zero);
  // `zero` is rounded from a rounded product, the bytes from an exact one: the least value can come
  // out as -1, the greatest as 256.
  const Lanes lowest = broadcast(kRoundShift);
  const Lanes highest = broadcast(kRoundShift + 255.0F);
  const auto step = [=](Lanes v) { return min(max(fma(v, factor, shift), lowest), highest); };
  for (i = 0; i + kLanes <= n; i += kLanes) {
    store_low_bytes(out + i, step(row.lanes(i)), kLanes);
  }
  if (i < n) {
    store_low_bytes(out + i, step(row.partial(i, n - i)), n - i);
  }
  for (i = n; i % kInt8Depth != 0; ++i) out[i] = 0;
  return {range / 255.0F, static_cast<int32_t>(zero)};
}

RowScale quantize(const float* x, const float* factors, int64_t n, uint8_t* out) {
  return factors == nullptr ? quantize_row(PlainRow{x}, n, out)
                            : quantize_row(ScaledRow{x, factors}, n, out);
}

}  // namespace
}  // namespace jnlp
