// lanes.h and dot.h first: the implementations are written in terms of them.
#include "kernels/neon/lanes.h"

#include "kernels/neon/dot.h"

#include "kernels/table_impl.h"

namespace jnlp {

extern const Kernels kNeonKernels;
const Kernels kNeonKernels = make_kernels("neon");

}  // namespace jnlp
