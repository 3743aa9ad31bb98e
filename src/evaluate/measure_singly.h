#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "base/stopwatch.h"
#include "evaluate/measure.h"
#include "report/process.h"

namespace jnlp {

/// What a reader of such figures must know.
inline constexpr const char* kSinglePassNote =
    "one question at a time, once: latency, throughput and CPU are of the same pass";

/// Samples to run before: each takes as long as hundreds of another task.
inline constexpr size_t kSinglePassWarmup = 2;

/// Runs samples one at a time, once: for what has no batches. Latency and throughput are of the
/// same pass. `run(i)` gives the result of a sample, with a member `tokens`; up to `warmup` samples
/// are run before and not measured.
/// @throws Error what `run` throws, with the number of the sample in front.
template <class Result>
Measured<Result> measure_singly(size_t samples, const std::function<Result(size_t)>& run,
                                const std::string& label, size_t warmup) {
  const auto run_one = [&](size_t i) {
    try {
      return run(i);
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("sample {}: {}", i + 1, error.what()));
    }
  };
  Measured<Result> measured;
  Performance& performance = measured.performance;
  performance.batch_size = 1;
  performance.warmup_samples = std::min(samples, warmup);
  for (size_t i = 0; i < performance.warmup_samples; ++i) run_one(i);
  Progress progress(label, static_cast<int64_t>(samples));
  const double cpu_before = cpu_seconds();
  const Stopwatch all;
  for (size_t i = 0; i < samples; ++i) {
    const Stopwatch one;
    measured.results.push_back(run_one(i));
    measured.latencies_ms.push_back(one.seconds() * 1e3);
    performance.tokens += measured.results.back().tokens;
    progress.add(1);
  }
  performance.seconds = all.seconds();
  performance.cpu_use = (cpu_seconds() - cpu_before) / performance.seconds;
  performance.samples_per_second = static_cast<double>(samples) / performance.seconds;
  performance.tokens_per_second = static_cast<double>(performance.tokens) / performance.seconds;
  set_latencies(measured.latencies_ms, &performance);
  return measured;
}

}  // namespace jnlp
