#include "report/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"

namespace jnlp {

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double place = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(std::floor(place));
  const auto low = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), low, values.end());
  const double fraction = place - static_cast<double>(below);
  if (fraction == 0 || low + 1 == values.end()) return *low;
  const double above = *std::min_element(low + 1, values.end());
  return *low + (above - *low) * fraction;
}

Spread spread_of(const std::vector<double>& values) {
  if (values.empty()) throw Error(ErrorCode::internal, "the spread of no values");
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  return {quantile(values, 0.5), *least, *greatest};
}

double mean(const std::vector<double>& values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double standard_deviation(const std::vector<double>& values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  if (values.size() == 1) return 0;
  const double middle = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - middle) * (value - middle);
  return std::sqrt(squares / (static_cast<double>(values.size()) - 1));
}

}  // namespace jnlp
