#pragma once

#include <cstdint>
#include <vector>

#include "backends/backend.h"
#include "report/statistics.h"

namespace jnlp {

/// What one call computes: sequences of these lengths, in tokens, in this order.
struct BenchWorkload {
  bool mixed = false;  ///< of different lengths
  std::vector<int64_t> lengths;

  int64_t sequences() const { return static_cast<int64_t>(lengths.size()); }
  int64_t tokens() const;
  int64_t shortest() const;
  int64_t longest() const;
  /// What an engine would compute that pads every sequence to the longest.
  int64_t padded_tokens() const { return sequences() * longest(); }
};

BenchWorkload uniform_workload(int64_t length, int64_t sequences);
/// Lengths spread evenly over [shortest, longest], so that no seed changes how many tokens there
/// are; `seed` decides their order.
BenchWorkload mixed_workload(int64_t sequences, int64_t shortest, int64_t longest, uint64_t seed);

struct BenchOptions {
  double seconds = 1;          ///< calls are repeated until they took so long together ...
  int64_t min_calls = 5;       ///< ... and there are so many
  double warmup_seconds = .1;  ///< at least one call goes before and is not counted
  uint64_t seed = 0;           ///< of the token ids
};

/// How long the calls of a workload took. Quantiles by linear interpolation.
struct BenchResult {
  BenchWorkload workload;
  int64_t warmup_calls = 0;
  int64_t calls = 0;
  double seconds = 0;  ///< of all counted calls together
  Spread latency_ms;   ///< of a call
  double latency_p95_ms = 0;
  double latency_p99_ms = 0;
  double latency_mean_ms = 0;
  double latency_stddev_ms = 0;  ///< of the sample; 0 for a single call
  Spread tokens_per_second;      ///< at the median, slowest and fastest call
  Spread sequences_per_second;
  double cpu_use = 0;  ///< CPU seconds per second: 2.0 means that two CPUs were busy
};

/// What the counted calls' times (in milliseconds, at least one) say about a workload.
BenchResult summarize(const BenchWorkload& workload, const std::vector<double>& milliseconds);

/// Runs the workload again and again, each call with new random token ids in [0, vocabulary) that
/// are drawn while no clock runs.
/// @throws Error what the backend throws.
BenchResult bench(Backend& backend, const BenchWorkload& workload, int64_t vocabulary,
                  const BenchOptions& options);

}  // namespace jnlp
