#pragma once

// Products with FP16 weights in FP16 arithmetic: eight multiply-adds per instruction instead of
// four. Include lanes.h and halves.h first.
#include "kernels/gemm_f16_impl.h"
#include "kernels/neon_fp16/round_rows.h"

namespace jnlp {
namespace {

// Products that are added in FP16 before their sum goes into FP32. Each of these additions errs by
// up to 2^-11 of the sum so far. With random signs that comes to 9e-4 of a result's usual size, a
// third of what rounding to BF16 costs; runs of 16 would err by 6e-4, runs of 64 by 1.2e-3.
// Products of one sign err by less, at most kHalfRun 2^-11. Shorter runs cost time: a sum goes into
// FP32 with four instructions, a product takes one.
constexpr int64_t kHalfRun = 32;
static_assert(kDepthBlock % kHalfRun == 0, "runs have to start at the same k in every product");

// Rows of A that are rounded at a time, so that it is done once for all panels. A part of their
// depth (36 KB) is on the stack.
constexpr int64_t kHalfRows = 8 * kTileRows;

constexpr int kHalfVectors = kPanelColumns / kHalfLanes;

struct HalfTile {
  int64_t depth;
  const uint16_t* a;     // kDepthBlock values from row to row
  const float* inverse;  // what a row's sums have to be multiplied by
  const uint16_t* b;
  const float* bias;  // null for zeros
  bool resume;        // C holds the sums of the part before
  float* c;
  int64_t c_stride;
  FetchedLines fetched;
};

// sum + b * lane kLane of a. As an intrinsic GCC copies the lane to a register of its own first,
// which takes as long as a product.
template <int kLane>
inline float16x8_t multiply_add(float16x8_t sum, float16x8_t b, float16x8_t a) {
  __asm__("fmla %0.8h, %1.8h, %2.h[%3]" : "+w"(sum) : "w"(b), "x"(a), "i"(kLane));
  return sum;
}

// One k of a row of B, for the values of A in a lane.
template <int kLane, int kRows>
inline void multiply_lane(float16x8_t (&sum)[kRows][kHalfVectors], const float16x8_t (&a)[kRows],
                          const uint16_t* b) {
  const float16x8_t weights[kHalfVectors] = {load_halves(b), load_halves(b + kHalfLanes)};
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int v = 0; v < kHalfVectors; ++v) {
      sum[r][v] = multiply_add<kLane>(sum[r][v], weights[v], a[r]);
    }
  }
}

template <int kLane, int kRows>
inline void multiply_lanes(float16x8_t (&sum)[kRows][kHalfVectors], const float16x8_t (&a)[kRows],
                           const uint16_t* b) {
  multiply_lane<kLane>(sum, a, b + kLane * kPanelColumns);
  if constexpr (kLane + 1 < kHalfLanes) multiply_lanes<kLane + 1>(sum, a, b);
}

// C is in memory while a run is added: its sums and the run's do not fit the registers.
template <int kRows>
inline void add_to_c(const HalfTile& t, const float16x8_t (&sum)[kRows][kHalfVectors]) {
  static_assert(kLanes == kHalfLanes);
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r) {
    const Lanes inverse = broadcast(t.inverse[r]);
#pragma GCC unroll 2
    for (int v = 0; v < kHalfVectors; ++v) {
      float* c = t.c + r * t.c_stride + v * kLanes;
      const Lanes wide = {vcvt_f32_f16(vget_low_f16(sum[r][v])), vcvt_high_f32_f16(sum[r][v])};
      store(c, fma(wide, inverse, load(c)));
    }
  }
}

template <int kRows, int kPanels>
struct MultiplyHalves {
  static __attribute__((noinline)) void run(const HalfTile& t) {
    static_assert(kPanels == 1);
    if (!t.resume) {
      for (int r = 0; r < kRows; ++r) {
        for (int v = 0; v < kPanelVectors; ++v) {
          store(t.c + r * t.c_stride + v * kLanes,
                t.bias != nullptr ? load(t.bias + v * kLanes) : broadcast(0.0F));
        }
      }
    }
    const int64_t runs = (t.depth + kHalfRun - 1) / kHalfRun;
    for (int64_t run = 0; run < runs; ++run) {
      for (int64_t i = run; i < t.fetched.count; i += runs) {
        __builtin_prefetch(t.fetched.data + i * kCacheLine);
      }
      float16x8_t sum[kRows][kHalfVectors];
#pragma GCC unroll 6
      for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
        for (int v = 0; v < kHalfVectors; ++v) sum[r][v] = vdupq_n_f16(0);
      }
      int64_t k = run * kHalfRun;
      const int64_t end = t.depth - k < kHalfRun ? t.depth : k + kHalfRun;
      for (; k + kHalfLanes <= end; k += kHalfLanes) {
        float16x8_t a[kRows];
#pragma GCC unroll 6
        for (int r = 0; r < kRows; ++r) a[r] = load_halves(t.a + r * kDepthBlock + k);
        multiply_lanes<0>(sum, a, t.b + k * kPanelColumns);
      }
      for (; k < end; ++k) {
        float16x8_t a[kRows];
#pragma GCC unroll 6
        for (int r = 0; r < kRows; ++r) {
          a[r] = vreinterpretq_f16_u16(vdupq_n_u16(t.a[r * kDepthBlock + k]));
        }
        multiply_lane<0>(sum, a, t.b + k * kPanelColumns);
      }
      add_to_c(t, sum);
    }
  }
};

// Where a sum left the range of FP16 the result is infinite or NaN. Then it is made again in FP32,
// by the definition of the other instruction sets; so it is where an infinity or NaN went in. This
// is slow, but each result is judged alone, so that a row never depends on others.
inline void redo_in_fp32(const GemmF16Args& g, int64_t row, int64_t column, int64_t columns) {
  constexpr uint32_t kInfinity = 0x7F800000U;
  float* c = g.c + row * g.c_stride + column;
  if (greatest_magnitude(c, columns) < kInfinity) return;
  const Panels<HalfWeights> b{g.b, g.depth * kPanelColumns};
  float again[kPanelColumns];
  MultiplyTile<1, 1>::run(Tile<HalfWeights>{g.depth,
                                            g.a + row * g.a_stride,
                                            g.a_stride,
                                            b.at(column / kPanelColumns, 0),
                                            g.bias != nullptr ? g.bias + column : nullptr,
                                            false,
                                            again,
                                            kPanelColumns,
                                            {nullptr, 0}});
  for (int64_t j = 0; j < columns; ++j) {
    if (greatest_magnitude(c + j, 1) >= kInfinity) c[j] = again[j];
  }
}

// A part of A as halves.
struct HalfRows {
  alignas(64) uint16_t values[kHalfRows * kDepthBlock];
  float inverse[kHalfRows];
};

inline void multiply_halves(const GemmF16Args& g, HalfRows* rounded) {
  const Panels<HalfWeights> b{g.b, g.depth * kPanelColumns};
  int64_t rounded_from = -1;
  for_each_part(g.columns, g.depth, [&](const Part& part) {
    static_assert(kTilePanels == 1);
    if (part.k != rounded_from) {
      for (int64_t r = 0; r < g.rows; ++r) {
        rounded->inverse[r] =
            round_row(g.a + r * g.a_stride + part.k, part.depth, rounded->values + r * kDepthBlock);
      }
      rounded_from = part.k;
    }
    const int64_t column = part.panel * kPanelColumns;
    const int64_t columns = g.columns - column < kPanelColumns ? g.columns - column : kPanelColumns;
    const NextPart next = next_part(part, g.columns, b);
    for_each_row_tile(g.rows, [&](int64_t row, int64_t rows, int64_t index) {
      float* c = g.c + row * g.c_stride + column;
      run_tile_within<MultiplyHalves>(
          rows, 1, columns,
          HalfTile{part.depth, rounded->values + row * kDepthBlock, rounded->inverse + row,
                   b.at(part.panel, part.k).data, g.bias != nullptr ? g.bias + column : nullptr,
                   part.k > 0, c, g.c_stride, fetched_lines(next, g.rows, index)});
      if (part.k + part.depth < g.depth) return;
      for (int64_t r = row; r < row + rows; ++r) redo_in_fp32(g, r, column, columns);
      activate_rows(g.activation, c, g.c_stride, rows, columns);
    });
  });
}

void gemm_f16_halves(const GemmF16Args& g) {
  HalfRows rounded;
  GemmF16Args block = g;
  for (int64_t row = 0; row < g.rows; row += kHalfRows) {
    block.rows = g.rows - row < kHalfRows ? g.rows - row : kHalfRows;
    block.a = g.a + row * g.a_stride;
    block.c = g.c + row * g.c_stride;
    multiply_halves(block, &rounded);
  }
}

constexpr Kernels with_half_products(Kernels kernels) {
  kernels.gemm_f16 = gemm_f16_halves;
  kernels.adds_f16 = true;
  return kernels;
}

}  // namespace
}  // namespace jnlp
