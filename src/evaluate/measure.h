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
#include "evaluate/task_report.h"
#include "report/process.h"

namespace jnlp {

/// Times of a first pass, in milliseconds, into the latency fields.
void set_latencies(const std::vector<double>& milliseconds, Performance* performance);

struct MeasureOptions {
  std::string label;  ///< for the progress line
  int64_t batch_size = 32;
  size_t warmup_samples = 16;  ///< run first and not measured (fewer when there are fewer)
};

template <class Result>
struct Measured {
  std::vector<Result> results;  ///< one per sample, from the pass in batches
  std::vector<double> latencies_ms;
  Performance performance;
};

/// Runs all samples twice: one at a time, for the latencies, then in batches, for the throughput.
/// `run(begin, end)` gives the results of the samples [begin, end), each with a member `tokens`;
/// `same` tells whether two results agree.
/// @throws Error what `run` throws, with the number of the sample in front.
template <class Result>
class Measurement {
 public:
  using Run = std::function<std::vector<Result>(size_t begin, size_t end)>;
  using Same = std::function<bool(const Result&, const Result&)>;

  Measurement(size_t samples, Run run, Same same, const MeasureOptions& options)
      : samples_(samples), run_(std::move(run)), same_(std::move(same)), options_(options) {}

  Measured<Result> measure() {
    Measured<Result> measured;
    Performance& performance = measured.performance;
    performance.warmup_samples = warm_up();
    performance.batch_size = options_.batch_size;
    const std::vector<Result> alone = run_alone(&measured.latencies_ms);
    set_latencies(measured.latencies_ms, &performance);
    measured.results = run_batches(&performance);
    for (size_t i = 0; i < samples_; ++i) {
      performance.tokens += measured.results[i].tokens;
      if (!same_(alone[i], measured.results[i])) ++performance.changed_by_batching;
    }
    const auto per_second = [&](auto count) {
      return static_cast<double>(count) / performance.seconds;
    };
    performance.samples_per_second = per_second(samples_);
    performance.tokens_per_second = per_second(performance.tokens);
    return measured;
  }

 private:
  std::vector<Result> run_range(size_t begin, size_t end) const {
    try {
      return run_(begin, end);
    } catch (const Error& error) {
      const std::string where = end - begin == 1 ? fmt::format("sample {}", begin + 1)
                                                 : fmt::format("samples {}-{}", begin + 1, end);
      throw Error(error.code(), fmt::format("{}: {}", where, error.what()));
    }
  }

  // Touches the weights and lets the CPU's clock rise, with both sizes of call.
  size_t warm_up() const {
    const size_t count = std::min(samples_, options_.warmup_samples);
    for (size_t i = 0; i < count; ++i) run_range(i, i + 1);
    run_range(0, std::min(samples_, static_cast<size_t>(options_.batch_size)));
    return count;
  }

  std::vector<Result> run_alone(std::vector<double>* milliseconds) const {
    Progress progress(options_.label + ", one by one", static_cast<int64_t>(samples_));
    std::vector<Result> results;
    for (size_t i = 0; i < samples_; ++i) {
      const Stopwatch stopwatch;
      auto one = run_range(i, i + 1);
      milliseconds->push_back(stopwatch.seconds() * 1e3);
      results.push_back(std::move(one.front()));
      progress.add(1);
    }
    return results;
  }

  std::vector<Result> run_batches(Performance* performance) const {
    Progress progress(options_.label + ", in batches", static_cast<int64_t>(samples_));
    std::vector<Result> results;
    const double cpu_before = cpu_seconds();
    const Stopwatch stopwatch;
    for (size_t begin = 0; begin < samples_; begin += static_cast<size_t>(options_.batch_size)) {
      const size_t end = std::min(samples_, begin + static_cast<size_t>(options_.batch_size));
      for (Result& result : run_range(begin, end)) results.push_back(std::move(result));
      progress.set(static_cast<int64_t>(end));
    }
    performance->seconds = stopwatch.seconds();
    performance->cpu_use = (cpu_seconds() - cpu_before) / performance->seconds;
    return results;
  }

  size_t samples_;
  Run run_;
  Same same_;
  MeasureOptions options_;
};

}  // namespace jnlp
