// lanes.h first, then halves.h and dot.h: the implementations are written in terms of them.
#include "kernels/avx2/lanes.h"

#include "kernels/avx2/dot.h"
#include "kernels/avx2/halves.h"

#include "kernels/table_impl.h"

namespace jnlp {

extern const Kernels kAvx2Kernels;
const Kernels kAvx2Kernels = make_kernels("avx2");

}  // namespace jnlp
