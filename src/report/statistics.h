#pragma once

#include <vector>

namespace jnlp {

/// The q-quantile (q in [0, 1]) by linear interpolation between the two nearest values, numpy's
/// default method (type 7 of Hyndman and Fan 1996). NaN when there are no values.
double quantile(std::vector<double> values, double q);

/// Of one quantity, measured several times.
struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};

/// The median by quantile(). @throws Error internal when there are no values.
Spread spread_of(const std::vector<double>& values);

/// Arithmetic mean; NaN when there are no values.
double mean(const std::vector<double>& values);

/// Of the sample (divided by n - 1); 0 for a single value, NaN when there are none.
double standard_deviation(const std::vector<double>& values);

}  // namespace jnlp
