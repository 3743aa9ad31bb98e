// lanes.h first, then halves.h and dot.h: the implementations are written in terms of them.
#include "kernels/avx512/lanes.h"

#include "kernels/avx512/halves.h"
#include "kernels/avx512_vnni/dot.h"

#include "kernels/table_impl.h"

namespace jnlp {

extern const Kernels kAvx512VnniKernels;
const Kernels kAvx512VnniKernels = make_kernels("avx512_vnni");

}  // namespace jnlp
