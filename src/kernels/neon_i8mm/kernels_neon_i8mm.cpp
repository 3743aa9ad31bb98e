// lanes.h first, then halves.h and dot.h: the implementations are written in terms of them.
#include "kernels/neon/lanes.h"

#include "kernels/neon/halves.h"
#include "kernels/neon_dotprod/dot.h"

#include "kernels/neon_fp16/gemm_f16_halves.h"
#include "kernels/neon_i8mm/gemm_int8_blocks.h"
#include "kernels/table_impl.h"

namespace jnlp {
namespace {

constexpr Kernels with_blocks(Kernels kernels) {
  kernels.gemm_int8 = gemm_int8_blocks;
  return kernels;
}

}  // namespace

extern const Kernels kNeonI8mmKernels;
const Kernels kNeonI8mmKernels = with_blocks(with_half_products(make_kernels("neon_i8mm")));

}  // namespace jnlp
