// lanes.h first, then halves.h and dot.h: the implementations are written in terms of them.
#include "kernels/neon/lanes.h"

#include "kernels/neon/halves.h"
#include "kernels/neon_dotprod/dot.h"

#include "kernels/table_impl.h"

namespace jnlp {

extern const Kernels kNeonDotprodKernels;
const Kernels kNeonDotprodKernels = make_kernels("neon_dotprod");

}  // namespace jnlp
