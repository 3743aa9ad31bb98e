// lanes.h first, then halves.h and dot.h: the implementations are written in terms of them.
#include "kernels/neon/lanes.h"

#include "kernels/neon/halves.h"
#include "kernels/neon_dotprod/dot.h"

#include "kernels/neon_fp16/gemm_f16_halves.h"
#include "kernels/table_impl.h"

namespace jnlp {

extern const Kernels kNeonFp16Kernels;
const Kernels kNeonFp16Kernels = with_half_products(make_kernels("neon_fp16"));

}  // namespace jnlp
