#include "evaluate/metrics/wilson.h"

#include <algorithm>
#include <cmath>

namespace jnlp {

Interval wilson_interval(size_t right, size_t samples) {
  constexpr double kZ = 1.959963984540054;  // the normal distribution's 97.5 % quantile
  if (samples == 0) return {0, 1};
  const auto n = static_cast<double>(samples);
  const double share = static_cast<double>(right) / n;
  const double center = share + kZ * kZ / (2 * n);
  const double half = kZ * std::sqrt(share * (1 - share) / n + kZ * kZ / (4 * n * n));
  const double scale = 1 + kZ * kZ / n;
  // Rounding must not put the share itself outside.
  return {right == 0 ? 0 : std::min((center - half) / scale, share),
          right == samples ? 1 : std::max((center + half) / scale, share)};
}

}  // namespace jnlp
