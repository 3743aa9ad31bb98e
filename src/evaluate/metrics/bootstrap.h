#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "evaluate/metrics/interval.h"

namespace jnlp {

struct BootstrapOptions {
  int resamples = 1000;
  double level = 0.95;
  uint64_t seed = 0;
};

/// Values of one or more metrics over the samples with these numbers (with repetitions); always the
/// same count of values.
using ResampledMetrics = std::function<std::vector<double>(std::span<const uint32_t> samples)>;

/// Percentile bootstrap (Efron and Tibshirani 1993, chapter 13): draws `samples` samples with
/// replacement, computes the metrics, again and again, and takes the quantiles of each metric
/// (numpy's linear interpolation). The same seed gives the same intervals on every machine.
std::vector<Interval> bootstrap_intervals(size_t samples, const ResampledMetrics& metrics,
                                          const BootstrapOptions& options);

}  // namespace jnlp
