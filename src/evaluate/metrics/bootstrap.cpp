#include "evaluate/metrics/bootstrap.h"

#include "evaluate/random.h"
#include "report/statistics.h"

namespace jnlp {

std::vector<Interval> bootstrap_intervals(size_t samples, const ResampledMetrics& metrics,
                                          const BootstrapOptions& options) {
  std::mt19937_64 engine(options.seed);
  std::vector<uint32_t> drawn(samples);
  std::vector<std::vector<double>> values;  // per metric, one value per resample
  for (int i = 0; i < options.resamples; ++i) {
    for (uint32_t& sample : drawn) sample = static_cast<uint32_t>(draw_below(engine, samples));
    const std::vector<double> of_resample = metrics(drawn);
    values.resize(of_resample.size());
    for (size_t m = 0; m < of_resample.size(); ++m) values[m].push_back(of_resample[m]);
  }
  const double tail = (1 - options.level) / 2;
  std::vector<Interval> intervals;
  intervals.reserve(values.size());
  for (const std::vector<double>& metric : values) {
    intervals.push_back({quantile(metric, tail), quantile(metric, 1 - tail)});
  }
  return intervals;
}

}  // namespace jnlp
