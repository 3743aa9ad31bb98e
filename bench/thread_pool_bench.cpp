// What a loop costs beyond its tasks: a forward pass runs seven or more loops per layer. Each loop
// is timed alone, and only those count in which a worker took part ("joined" is their share): on a
// busy machine the others measure the machine.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <vector>

#include "base/thread_pool.h"

namespace jnlp {
namespace {

using Clock = std::chrono::steady_clock;

void work_for(std::chrono::nanoseconds time) {
  const Clock::time_point end = Clock::now() + time;
  while (Clock::now() < end) {
  }
}

// Threads, tasks, nanoseconds of work in each task, nanoseconds of the caller alone between loops.
void bench_loop(benchmark::State& state) {
  ThreadPool pool(static_cast<int>(state.range(0)));
  const int64_t tasks = state.range(1);
  const std::chrono::nanoseconds work(state.range(2));
  const std::chrono::nanoseconds gap(state.range(3));
  std::vector<double> times;
  times.reserve(static_cast<size_t>(state.max_iterations));
  std::atomic<bool> joined{pool.size() == 1};
  for (auto _ : state) {
    if (pool.size() > 1) joined.store(false, std::memory_order_relaxed);
    const Clock::time_point start = Clock::now();
    pool.parallel_for(tasks, [&](int64_t task, int worker) {
      benchmark::DoNotOptimize(task);
      if (worker > 0) joined.store(true, std::memory_order_relaxed);
      if (work.count() > 0) work_for(work);
    });
    const std::chrono::duration<double, std::nano> time = Clock::now() - start;
    if (joined.load(std::memory_order_relaxed)) times.push_back(time.count());
    if (gap.count() > 0) work_for(gap);
  }
  std::sort(times.begin(), times.end());
  const auto percentile = [&](size_t p) {
    return times.empty() ? 0 : times[times.size() * p / 100];
  };
  state.counters["joined"] =
      static_cast<double>(times.size()) / static_cast<double>(state.max_iterations);
  state.counters["p10"] = percentile(10);
  state.counters["p25"] = percentile(25);
  state.counters["p50"] = percentile(50);
}

BENCHMARK(bench_loop)
    ->ArgNames({"threads", "tasks", "work", "gap"})
    ->Args({1, 8, 0, 0})
    ->Args({2, 2, 0, 0})
    ->Args({2, 8, 0, 0})
    ->Args({2, 2, 500, 0})
    ->Args({2, 2, 2000, 0})
    ->Args({2, 8, 500, 0})
    ->Args({2, 8, 2000, 2000})
    ->Iterations(20000)
    ->UseRealTime();

}  // namespace
}  // namespace jnlp
