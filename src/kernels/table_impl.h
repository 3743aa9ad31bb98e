#pragma once

// The table of one instruction set. Include its lanes.h, halves.h and dot.h first.
#include "kernels/gemm_bf16_impl.h"
#include "kernels/gemm_f16_impl.h"
#include "kernels/gemm_impl.h"
#include "kernels/gemm_int8_impl.h"
#include "kernels/rows_impl.h"

namespace jnlp {
namespace {

constexpr Kernels make_kernels(const char* name) {
  return {name,      gemm,     gemm_f16, false,           gemm_bf16, to_bf16,    sizeof(float),
          gemm_int8, quantize, pack,     pack_transposed, softmax,   layer_norm, sum_of_squares,
          add,       maximum,  scale,    activate,        nullptr};
}

}  // namespace
}  // namespace jnlp
