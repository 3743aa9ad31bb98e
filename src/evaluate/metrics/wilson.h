#pragma once

#include <cstddef>

#include "evaluate/metrics/interval.h"

namespace jnlp {

/// The 95 % interval of a share, `right` of `samples` samples: Wilson's score interval without
/// continuity correction (Wilson 1927, "Probable inference, the law of succession, and statistical
/// inference"; method 3 of Newcombe 1998, "Two-sided confidence intervals for the single
/// proportion"). Unlike a bootstrap it is not empty when all samples are equal: 0 of 4 right does
/// not mean that none ever is. From 0 to 1 without samples.
Interval wilson_interval(size_t right, size_t samples);

}  // namespace jnlp
