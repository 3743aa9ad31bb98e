#pragma once

// Include avx512/lanes.h and rows_impl.h first.
#include "kernels/avx512_bf16/round_pairs.h"

namespace jnlp {
namespace {

void pack_bf16(const float* source, int64_t depth, int64_t columns, int64_t stride,
               uint16_t* panels) {
  const int64_t filled = (depth + kBf16Depth - 1) / kBf16Depth * kBf16Depth;
  for (int64_t first = 0; first < columns; first += kPanelColumns) {
    const int64_t width = columns - first < kPanelColumns ? columns - first : kPanelColumns;
    for (int64_t k = 0; k < filled; k += 2) {
      const float* row = source + k * stride + first;
      const Lanes even = k < depth ? load_partial(row, width, 0.0F) : broadcast(0.0F);
      const Lanes odd = k + 1 < depth ? load_partial(row + stride, width, 0.0F) : broadcast(0.0F);
      store_rounded_pairs(panels, even, odd);
      panels += 2 * kPanelColumns;
    }
  }
}

void pack_bf16_transposed(const float* source, int64_t depth, int64_t columns, int64_t stride,
                          uint16_t* panels) {
  const int64_t filled = (depth + kBf16Depth - 1) / kBf16Depth * kBf16Depth;
  for (int64_t first = 0; first < columns; first += kPanelColumns) {
    const int64_t width = columns - first < kPanelColumns ? columns - first : kPanelColumns;
    for (int64_t k = 0; k < filled; k += kBf16Depth) {
      float zeros_behind[kPanelColumns][kBf16Depth];
      const float* rows[kPanelColumns];
      for (int64_t j = 0; j < kPanelColumns; ++j) {
        rows[j] = source + (first + j) * stride + k;
        if (j < width && k + kBf16Depth <= depth) continue;
        for (int64_t i = 0; i < kBf16Depth; ++i) {
          zeros_behind[j][i] = j < width && k + i < depth ? rows[j][i] : 0.0F;
        }
        rows[j] = zeros_behind[j];
      }
      store_rounded_transposed(rows, panels + k * kPanelColumns);
    }
    panels += filled * kPanelColumns;
  }
}

float softmax_bf16(const SoftmaxArgs& args, uint16_t* out) {
  const auto power = [](Lanes y) { return exp2_roughly(y); };
  const float factor = softmax_block(args, power, [=](int64_t i, int64_t count, Lanes e) {
    if (count == kLanes) return store_rounded(out + i, e);
    uint16_t rounded[kLanes];
    store_rounded(rounded, e);
    for (int64_t j = 0; j < count; ++j) out[i + j] = rounded[j];
  });
  for (int64_t i = args.n; i % kBf16Depth != 0; ++i) out[i] = 0;
  return factor;
}

constexpr Bf16Attention kBf16Attention = {pack_bf16, pack_bf16_transposed, softmax_bf16};

}  // namespace
}  // namespace jnlp
