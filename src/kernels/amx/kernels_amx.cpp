// In this order: the implementations are written in terms of what comes before.
#include "kernels/avx512/lanes.h"

#include "kernels/avx512/halves.h"
#include "kernels/avx512_bf16/pairs.h"
#include "kernels/avx512_vnni/dot.h"

#include "kernels/gemm_bf16_pairs_impl.h"
#include "kernels/table_impl.h"

#include "kernels/avx512_bf16/attention.h"

#include "kernels/amx/gemm_bf16_amx.h"
#include "kernels/amx/gemm_int8_amx.h"

namespace jnlp {
namespace {

constexpr Kernels make_amx_kernels() {
  Kernels kernels = with_bf16_pairs(make_kernels("amx"));
  kernels.gemm_bf16 = gemm_bf16_amx;
  kernels.gemm_int8 = gemm_int8_amx;
  kernels.bf16_attention = &kBf16Attention;
  return kernels;
}

}  // namespace

extern const Kernels kAmxKernels;
const Kernels kAmxKernels = make_amx_kernels();

}  // namespace jnlp
