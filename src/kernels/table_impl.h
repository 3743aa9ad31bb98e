#pragma once

// The table of one instruction set. Include its lanes.h, halves.h and dot.h first.
#include "kernels/gemm_bf16_impl.h"
#include "kernels/gemm_f16_impl.h"
#include "kernels/gemm_impl.h"
#include "kernels/gemm_int8_impl.h"
#include "kernels/picked_rows_impl.h"
#include "kernels/rows_impl.h"

namespace jnlp {
namespace {

constexpr Kernels make_kernels(const char* name) {
  return {.name = name,
          .gemm = gemm,
          .gemm_f16 = gemm_f16,
          .adds_f16 = false,
          .gemm_bf16 = gemm_bf16,
          .to_bf16 = to_bf16,
          .bf16_bytes = sizeof(float),
          .gemm_int8 = gemm_int8,
          .quantize = quantize,
          .pack = pack,
          .pack_transposed = pack_transposed,
          .softmax = softmax,
          .layer_norm = layer_norm,
          .rms_norm = rms_norm,
          .sum_of_squares = sum_of_squares,
          .dot_rows = dot_rows,
          .sum_rows = sum_rows,
          .add = add,
          .maximum = maximum,
          .scale = scale,
          .activate = activate,
          .bf16_attention = nullptr};
}

}  // namespace
}  // namespace jnlp
