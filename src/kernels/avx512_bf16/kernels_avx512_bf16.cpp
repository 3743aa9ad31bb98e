// lanes.h first, then halves.h, dot.h and pairs.h: the implementations are written in terms of
// them.
#include "kernels/avx512/lanes.h"

#include "kernels/avx512/halves.h"
#include "kernels/avx512_bf16/pairs.h"
#include "kernels/avx512_vnni/dot.h"

#include "kernels/gemm_bf16_pairs_impl.h"
#include "kernels/table_impl.h"

namespace jnlp {

extern const Kernels kAvx512Bf16Kernels;
const Kernels kAvx512Bf16Kernels = with_bf16_pairs(make_kernels("avx512_bf16"));

}  // namespace jnlp
