#include "evaluate/measure.h"

#include <gtest/gtest.h>

#include <thread>

namespace jnlp {
namespace {

struct Result {
  size_t sample = 0;
  int64_t tokens = 0;
};

bool same_sample(const Result& a, const Result& b) {
  return a.sample == b.sample;
}

TEST(Measure, RunsEachSampleAloneThenInBatches) {
  std::vector<std::pair<size_t, size_t>> calls;
  const auto run = [&](size_t begin, size_t end) {
    calls.emplace_back(begin, end);
    std::vector<Result> results;
    for (size_t i = begin; i < end; ++i) results.push_back({i, static_cast<int64_t>(i + 1)});
    return results;
  };
  const auto measured = Measurement<Result>(5, run, same_sample, {"test", 2, 3}).measure();
  const std::vector<std::pair<size_t, size_t>> expected = {
      {0, 1}, {1, 2}, {2, 3}, {0, 2},          // warm-up
      {0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5},  // latency
      {0, 2}, {2, 4}, {4, 5}};                 // throughput
  EXPECT_EQ(calls, expected);
  EXPECT_EQ(measured.results.size(), 5U);
  EXPECT_EQ(measured.latencies_ms.size(), 5U);
  EXPECT_EQ(measured.performance.warmup_samples, 3U);
  EXPECT_EQ(measured.performance.tokens, 15);
  EXPECT_EQ(measured.performance.changed_by_batching, 0U);
  EXPECT_NEAR(measured.performance.samples_per_second * measured.performance.seconds, 5, 1e-9);
  EXPECT_NEAR(measured.performance.tokens_per_second * measured.performance.seconds, 15, 1e-9);
}

TEST(Measure, TimesWhatRuns) {
  const auto run = [](size_t begin, size_t end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::vector<Result> results(end - begin);
    for (size_t i = begin; i < end; ++i) results[i - begin].sample = i;
    return results;
  };
  const auto measured = Measurement<Result>(4, run, same_sample, {"test", 4, 0}).measure();
  for (const double latency : measured.latencies_ms) EXPECT_GE(latency, 5);
  EXPECT_GE(measured.performance.latency_p50_ms, 5);
  EXPECT_GE(measured.performance.seconds, 0.005);
  EXPECT_LT(measured.performance.cpu_use, 0.9);  // it slept
}

TEST(Measure, ResultsThatDependOnTheBatchAreCounted) {
  const auto run = [](size_t begin, size_t end) {
    std::vector<Result> results;
    for (size_t i = begin; i < end; ++i) results.push_back({i + (end - begin > 1 ? 1 : 0), 1});
    return results;
  };
  const auto measured = Measurement<Result>(3, run, same_sample, {"test", 2, 0}).measure();
  EXPECT_EQ(measured.performance.changed_by_batching, 2U);  // the third is alone in its batch
}

TEST(Measure, AFaultNamesTheSample) {
  const auto run = [](size_t begin, size_t) -> std::vector<Result> {
    if (begin == 2) throw Error(ErrorCode::invalid_input, "empty question");
    return {{begin, 1}};
  };
  try {
    Measurement<Result>(3, run, same_sample, {"test", 1, 0}).measure();
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "sample 3: empty question");
  }
}

TEST(Measure, LatenciesAreInterpolatedQuantiles) {
  Performance performance;
  std::vector<double> latencies;
  for (int i = 100; i >= 1; --i) latencies.push_back(i);
  set_latencies(latencies, &performance);
  EXPECT_DOUBLE_EQ(performance.latency_p50_ms, 50.5);
  EXPECT_DOUBLE_EQ(performance.latency_p95_ms, 95.05);
  EXPECT_DOUBLE_EQ(performance.latency_p99_ms, 99.01);
  EXPECT_DOUBLE_EQ(performance.latency_mean_ms, 50.5);
  EXPECT_DOUBLE_EQ(performance.latency_max_ms, 100);
}

}  // namespace
}  // namespace jnlp
