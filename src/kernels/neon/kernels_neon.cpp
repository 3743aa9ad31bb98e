#include "kernels/neon/lanes.h"
// lanes.h first: the implementations are written in terms of it.
#include "kernels/gemm_impl.h"
#include "kernels/rows_impl.h"

namespace jnlp {

extern const Kernels kNeonKernels;
const Kernels kNeonKernels = make_kernels("neon");

}  // namespace jnlp
