#include "evaluate/bench.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <utility>

#include "base/stopwatch.h"
#include "evaluate/random.h"
#include "report/process.h"
#include "report/statistics.h"

namespace jnlp {
namespace {

Batch random_batch(const BenchWorkload& workload, int64_t vocabulary, std::mt19937_64* engine) {
  Batch batch;
  std::vector<int32_t> ids;
  for (const int64_t length : workload.lengths) {
    ids.resize(static_cast<size_t>(length));
    for (int32_t& id : ids) {
      id = static_cast<int32_t>(draw_below(*engine, static_cast<uint64_t>(vocabulary)));
    }
    batch.add(ids);
  }
  return batch;
}

struct CallTime {
  double seconds = 0;
  double cpu_seconds = 0;
};

CallTime timed_call(Backend& backend, const Batch& batch) {
  CallTime time;
  const double cpu_before = cpu_seconds();
  const Stopwatch stopwatch;
  const Output output = backend.run(batch);
  time.seconds = stopwatch.seconds();
  time.cpu_seconds = cpu_seconds() - cpu_before;
  return time;
}

// The slowest call has the lowest rate.
Spread rates(int64_t count, const Spread& milliseconds) {
  const auto rate = [&](double time) { return static_cast<double>(count) * 1e3 / time; };
  return {rate(milliseconds.median), rate(milliseconds.max), rate(milliseconds.min)};
}

}  // namespace

int64_t BenchWorkload::tokens() const {
  return std::accumulate(lengths.begin(), lengths.end(), int64_t{0});
}

int64_t BenchWorkload::shortest() const {
  return *std::min_element(lengths.begin(), lengths.end());
}

int64_t BenchWorkload::longest() const {
  return *std::max_element(lengths.begin(), lengths.end());
}

BenchWorkload uniform_workload(int64_t length, int64_t sequences) {
  return {false, std::vector<int64_t>(static_cast<size_t>(sequences), length)};
}

BenchWorkload mixed_workload(int64_t sequences, int64_t shortest, int64_t longest, uint64_t seed) {
  BenchWorkload workload{true, {}};
  const int64_t steps = std::max<int64_t>(sequences - 1, 1);
  for (int64_t i = 0; i < sequences; ++i) {
    workload.lengths.push_back(longest - (longest - shortest) * i / steps);
  }
  std::mt19937_64 engine(seed);
  for (size_t left = workload.lengths.size(); left > 1; --left) {
    std::swap(workload.lengths[left - 1], workload.lengths[draw_below(engine, left)]);
  }
  return workload;
}

BenchResult summarize(const BenchWorkload& workload, const std::vector<double>& milliseconds) {
  BenchResult result;
  result.workload = workload;
  result.calls = static_cast<int64_t>(milliseconds.size());
  result.latency_ms = spread_of(milliseconds);
  result.latency_p95_ms = quantile(milliseconds, 0.95);
  result.latency_p99_ms = quantile(milliseconds, 0.99);
  result.latency_mean_ms = mean(milliseconds);
  result.latency_stddev_ms = standard_deviation(milliseconds);
  result.tokens_per_second = rates(workload.tokens(), result.latency_ms);
  result.sequences_per_second = rates(workload.sequences(), result.latency_ms);
  result.seconds = result.latency_mean_ms * static_cast<double>(result.calls) / 1e3;
  return result;
}

BenchResult bench(Backend& backend, const BenchWorkload& workload, int64_t vocabulary,
                  const BenchOptions& options) {
  std::mt19937_64 engine(options.seed);
  const auto call = [&] {
    const Batch batch = random_batch(workload, vocabulary, &engine);
    return timed_call(backend, batch);
  };
  int64_t warmup_calls = 0;
  for (double spent = 0; warmup_calls < 1 || spent < options.warmup_seconds; ++warmup_calls) {
    spent += call().seconds;
  }
  std::vector<double> milliseconds;
  CallTime total;
  while (total.seconds < options.seconds ||
         static_cast<int64_t>(milliseconds.size()) < options.min_calls) {
    const CallTime time = call();
    milliseconds.push_back(time.seconds * 1e3);
    total.seconds += time.seconds;
    total.cpu_seconds += time.cpu_seconds;
  }
  BenchResult result = summarize(workload, milliseconds);
  result.warmup_calls = warmup_calls;
  result.cpu_use = total.cpu_seconds / total.seconds;
  return result;
}

}  // namespace jnlp
