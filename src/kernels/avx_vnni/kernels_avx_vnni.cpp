// lanes.h first, then halves.h and dot.h: the implementations are written in terms of them.
#include "kernels/avx2/lanes.h"

#include "kernels/avx2/halves.h"
#include "kernels/avx_vnni/dot.h"

#include "kernels/table_impl.h"

namespace jnlp {

extern const Kernels kAvxVnniKernels;
const Kernels kAvxVnniKernels = make_kernels("avx_vnni");

}  // namespace jnlp
