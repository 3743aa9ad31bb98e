// lanes.h first, then halves.h and dot.h: the implementations are written in terms of them.
#include "kernels/avx512/lanes.h"

#include "kernels/avx512/dot.h"
#include "kernels/avx512/halves.h"

#include "kernels/table_impl.h"

namespace jnlp {

extern const Kernels kAvx512Kernels;
const Kernels kAvx512Kernels = make_kernels("avx512");

}  // namespace jnlp
