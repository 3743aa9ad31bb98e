#include "kernels/reference/lanes.h"
// lanes.h first: the implementations are written in terms of it.
#include "kernels/gemm_impl.h"
#include "kernels/rows_impl.h"

namespace jnlp {

extern const Kernels kReferenceKernels;
const Kernels kReferenceKernels = make_kernels("reference");

}  // namespace jnlp
