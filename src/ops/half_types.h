#pragma once

#include <cstdint>

namespace jnlp {

/// The bits of the nearest IEEE half, ties to even. Finite values beyond its range become its
/// greatest, 65504: as a weight that errs less than infinity. Infinities stay, NaN stays NaN.
uint16_t to_f16(float value);

/// The bits of the nearest BF16, ties to even; NaN stays NaN.
uint16_t to_bf16(float value);

}  // namespace jnlp
