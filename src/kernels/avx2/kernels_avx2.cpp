#include "kernels/avx2/lanes.h"
// lanes.h first: the implementations are written in terms of it.
#include "kernels/gemm_impl.h"
#include "kernels/rows_impl.h"

namespace jnlp {

extern const Kernels kAvx2Kernels;
const Kernels kAvx2Kernels = make_kernels("avx2");

}  // namespace jnlp
