// lanes.h first, then halves.h, dot.h and pairs.h: the implementations are written in terms of
// them.
#include "kernels/avx512/lanes.h"

#include "kernels/avx512/halves.h"
#include "kernels/avx512_bf16/pairs.h"
#include "kernels/avx512_vnni/dot.h"

#include "kernels/gemm_bf16_pairs_impl.h"
#include "kernels/table_impl.h"

#include "kernels/avx512_bf16/attention.h"

namespace jnlp {
namespace {

constexpr Kernels make_avx512_bf16_kernels() {
  Kernels kernels = with_bf16_pairs(make_kernels("avx512_bf16"));
  kernels.bf16_attention = &kBf16Attention;
  return kernels;
}

}  // namespace

extern const Kernels kAvx512Bf16Kernels;
const Kernels kAvx512Bf16Kernels = make_avx512_bf16_kernels();

}  // namespace jnlp
