// lanes.h first, then halves.h and dot.h: the implementations are written in terms of them.
#include "kernels/reference/lanes.h"

#include "kernels/reference/dot.h"
#include "kernels/reference/halves.h"

#include "kernels/table_impl.h"

namespace jnlp {

extern const Kernels kReferenceKernels;
const Kernels kReferenceKernels = make_kernels("reference");

}  // namespace jnlp
