#pragma once

#include <string_view>

namespace jnlp {

/// What one thread of this CPU reaches with an instruction set's multiply-add from registers alone,
/// in 1e9 multiply-adds per second: what a product of such numbers cannot pass. Measured at the
/// first call, in some milliseconds. 0 where there is no such loop (the reference, other CPUs).
/// `isa` is a name of kernels/dispatch.h that this CPU has.
double fp32_register_peak(std::string_view isa);
double int8_register_peak(std::string_view isa);

}  // namespace jnlp
