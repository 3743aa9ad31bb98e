#pragma once

// Products of one vector with rows that lie scattered. Include a lanes.h first.
#include "kernels/rows_impl.h"

namespace jnlp {
namespace {

void dot_rows(const DotRowsArgs& args) {
  const float* x = args.x;
  for (int64_t r = 0; r < args.rows.count; ++r) {
    const float* row = args.rows.data + args.rows.index[r] * args.rows.stride;
    args.out[r] = sum_over_row(args.columns, [=](int64_t i, int64_t count, Lanes sum) {
      if (count == kLanes) return fma(load(x + i), load(row + i), sum);
      return fma(load_partial(x + i, count, 0.0F), load_partial(row + i, count, 0.0F), sum);
    });
  }
}

// `vectors` vectors of columns from `first` on, over all rows.
template <int64_t vectors>
inline void sum_full_columns(const SumRowsArgs& args, int64_t first) {
  Lanes sum[vectors];
#pragma GCC unroll 8
  for (Lanes& lanes : sum) lanes = broadcast(0.0F);
  for (int64_t r = 0; r < args.rows.count; ++r) {
    const float* row = args.rows.data + args.rows.index[r] * args.rows.stride + first;
    const Lanes weight = broadcast(args.weights[r]);
#pragma GCC unroll 8
    for (int64_t v = 0; v < vectors; ++v) sum[v] = fma(weight, load(row + v * kLanes), sum[v]);
  }
#pragma GCC unroll 8
  for (int64_t v = 0; v < vectors; ++v) store(args.out + first + v * kLanes, sum[v]);
}

void sum_rows(const SumRowsArgs& args) {
  int64_t first = 0;
  for (; first + 8 * kLanes <= args.columns; first += 8 * kLanes) sum_full_columns<8>(args, first);
  for (; first + kLanes <= args.columns; first += kLanes) sum_full_columns<1>(args, first);
  if (first == args.columns) return;
  const int64_t rest = args.columns - first;
  Lanes sum = broadcast(0.0F);
  for (int64_t r = 0; r < args.rows.count; ++r) {
    const float* row = args.rows.data + args.rows.index[r] * args.rows.stride + first;
    sum = fma(broadcast(args.weights[r]), load_partial(row, rest, 0.0F), sum);
  }
  store_partial(args.out + first, rest, sum);
}

}  // namespace
}  // namespace jnlp
