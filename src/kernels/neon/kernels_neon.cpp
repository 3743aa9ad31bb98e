// lanes.h first, then halves.h and dot.h: the implementations are written in terms of them.
#include "kernels/neon/lanes.h"

#include "kernels/neon/dot.h"
#include "kernels/neon/halves.h"

#include "kernels/table_impl.h"

namespace jnlp {

extern const Kernels kNeonKernels;
const Kernels kNeonKernels = make_kernels("neon");

}  // namespace jnlp
