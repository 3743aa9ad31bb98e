#include "evaluate/bench.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "base/error.h"
#include "evaluate/bench_plan.h"

namespace jnlp {
namespace {

// Keeps what it is asked to run, and takes as long as it is told.
class FakeBackend : public Backend {
 public:
  explicit FakeBackend(std::vector<int> milliseconds = {}) : milliseconds_(milliseconds) {}

  Head head() const override { return Head::embedding; }
  int64_t output_size() const override { return 1; }
  int64_t max_sequence_length() const override { return 512; }
  std::string description() const override { return "fake"; }

  Output run(const Batch& batch) override {
    if (batches.size() < milliseconds_.size()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds_[batches.size()]));
    }
    batches.push_back(batch);
    return {};
  }

  std::vector<Batch> batches;

 private:
  std::vector<int> milliseconds_;
};

constexpr BenchOptions kThreeCalls = {.seconds = 0, .min_calls = 3, .warmup_seconds = 0, .seed = 7};

TEST(Bench, RunsAWarmUpAndTheLeastNumberOfCalls) {
  FakeBackend backend;
  const BenchResult result = bench(backend, uniform_workload(4, 2), 100, kThreeCalls);
  EXPECT_EQ(result.warmup_calls, 1);
  EXPECT_EQ(result.calls, 3);
  EXPECT_EQ(backend.batches.size(), 4U);
}

TEST(Bench, BatchesAreWhatWasAskedFor) {
  FakeBackend backend;
  const BenchWorkload workload{true, {3, 1, 5}};
  bench(backend, workload, 10, kThreeCalls);
  std::set<int32_t> seen;
  for (const Batch& batch : backend.batches) {
    EXPECT_EQ(batch.cu_seqlens, (std::vector<int32_t>{0, 3, 4, 9}));
    EXPECT_EQ(batch.tokens(), 9);
    EXPECT_EQ(batch.type_ids, std::vector<int32_t>(9, 0));
    seen.insert(batch.token_ids.begin(), batch.token_ids.end());
  }
  EXPECT_GE(*seen.begin(), 0);
  EXPECT_LT(*seen.rbegin(), 10);
  EXPECT_GT(seen.size(), 5U);  // 36 draws of 10 ids
}

TEST(Bench, EachCallHasItsOwnTokensAndTheSeedDecidesThem) {
  FakeBackend one;
  FakeBackend again;
  FakeBackend other;
  bench(one, uniform_workload(16, 2), 30000, kThreeCalls);
  bench(again, uniform_workload(16, 2), 30000, kThreeCalls);
  BenchOptions other_seed = kThreeCalls;
  other_seed.seed = 8;
  bench(other, uniform_workload(16, 2), 30000, other_seed);
  EXPECT_NE(one.batches[0].token_ids, one.batches[1].token_ids);
  EXPECT_EQ(one.batches[3].token_ids, again.batches[3].token_ids);
  EXPECT_NE(one.batches[0].token_ids, other.batches[0].token_ids);
}

TEST(Bench, RepeatsUntilTheTimeIsSpent) {
  FakeBackend backend(std::vector<int>(100, 5));
  BenchOptions options = kThreeCalls;
  options.seconds = 0.03;
  options.min_calls = 1;
  options.warmup_seconds = 0.01;
  const BenchResult result = bench(backend, uniform_workload(1, 1), 10, options);
  EXPECT_GE(result.warmup_calls, 1);
  EXPECT_LE(result.warmup_calls, 2);
  EXPECT_GE(result.calls, 1);
  EXPECT_LE(result.calls, 6);
  EXPECT_GE(result.seconds, 0.03);
  EXPECT_LT(result.cpu_use, 0.9);  // it slept
  EXPECT_EQ(static_cast<size_t>(result.warmup_calls + result.calls), backend.batches.size());
}

TEST(Bench, TheWarmUpIsNotCounted) {
  FakeBackend backend({200, 1, 1, 1});
  const BenchResult result = bench(backend, uniform_workload(1, 1), 10, kThreeCalls);
  EXPECT_EQ(result.calls, 3);
  EXPECT_GE(result.latency_ms.min, 1);
  EXPECT_LT(result.latency_ms.median, 200);
}

TEST(Bench, FaultsOfTheBackendComeThrough) {
  class Broken : public FakeBackend {
    Output run(const Batch&) override { throw Error(ErrorCode::invalid_input, "too long"); }
  };
  Broken backend;
  EXPECT_THROW(bench(backend, uniform_workload(1, 1), 10, kThreeCalls), Error);
}

TEST(Bench, StatisticsOfKnownTimes) {
  std::vector<double> milliseconds;
  for (int i = 100; i >= 1; --i) milliseconds.push_back(i);
  const BenchResult result = summarize(uniform_workload(101, 2), milliseconds);
  EXPECT_EQ(result.calls, 100);
  EXPECT_DOUBLE_EQ(result.latency_ms.median, 50.5);
  EXPECT_DOUBLE_EQ(result.latency_ms.min, 1);
  EXPECT_DOUBLE_EQ(result.latency_ms.max, 100);
  EXPECT_DOUBLE_EQ(result.latency_p95_ms, 95.05);
  EXPECT_DOUBLE_EQ(result.latency_p99_ms, 99.01);
  EXPECT_DOUBLE_EQ(result.latency_mean_ms, 50.5);
  EXPECT_NEAR(result.latency_stddev_ms, 29.011491975882016, 1e-9);  // of 1..100, n - 1
  EXPECT_NEAR(result.seconds, 5.05, 1e-12);
  EXPECT_DOUBLE_EQ(result.tokens_per_second.median, 202 / 0.0505);
  EXPECT_DOUBLE_EQ(result.tokens_per_second.min, 2020);
  EXPECT_DOUBLE_EQ(result.tokens_per_second.max, 202000);
  EXPECT_DOUBLE_EQ(result.sequences_per_second.min, 20);
  EXPECT_DOUBLE_EQ(result.sequences_per_second.max, 2000);
}

TEST(Bench, ASingleCallHasNoDeviation) {
  EXPECT_EQ(summarize(uniform_workload(1, 1), {3}).latency_stddev_ms, 0);
}

TEST(BenchWorkload, MixedLengthsAreSpreadEvenlyInAnOrderOfTheSeed) {
  const BenchWorkload workload = mixed_workload(5, 10, 18, 1);
  std::vector<int64_t> sorted = workload.lengths;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, (std::vector<int64_t>{10, 12, 14, 16, 18}));
  EXPECT_EQ(workload.tokens(), 70);
  EXPECT_EQ(workload.padded_tokens(), 90);
  EXPECT_EQ(mixed_workload(5, 10, 18, 1).lengths, workload.lengths);
  EXPECT_NE(mixed_workload(32, 5, 64, 1).lengths, mixed_workload(32, 5, 64, 2).lengths);
  EXPECT_EQ(mixed_workload(32, 5, 64, 1).shortest(), 5);
  EXPECT_EQ(mixed_workload(32, 5, 64, 1).longest(), 64);
  EXPECT_EQ(mixed_workload(1, 5, 64, 1).lengths, std::vector<int64_t>{64});
}

TEST(BenchPlan, HasEachLengthWithEachBatchSizeThenTheMixedOnesAndTheirPaddedTwin) {
  const BenchPlan plan = plan_bench({{8, 16}, {1, 2}, MixedLengths{3, 2, 10}}, 16, 0);
  ASSERT_EQ(plan.workloads.size(), 6U);
  EXPECT_EQ(plan.workloads[0].lengths, (std::vector<int64_t>{8}));
  EXPECT_EQ(plan.workloads[1].lengths, (std::vector<int64_t>{8, 8}));
  EXPECT_EQ(plan.workloads[3].lengths, (std::vector<int64_t>{16, 16}));
  EXPECT_TRUE(plan.workloads[4].mixed);
  EXPECT_EQ(plan.workloads[5].lengths, (std::vector<int64_t>{10, 10, 10}));
  EXPECT_TRUE(plan.notes.empty());
}

TEST(BenchPlan, DoesNotMeasureAPaddedTwinTwice) {
  EXPECT_EQ(plan_bench({{10}, {3}, MixedLengths{3, 2, 10}}, 16, 0).workloads.size(), 2U);
}

TEST(BenchPlan, LeavesOutWithANoteWhatIsTooLong) {
  const BenchPlan plan = plan_bench({{8, 16, 17, 99}, {1}, MixedLengths{3, 2, 17}}, 16, 0);
  EXPECT_EQ(plan.workloads.size(), 2U);
  ASSERT_EQ(plan.notes.size(), 2U);
  EXPECT_NE(plan.notes[0].find("17, 99; the model takes at most 16"), std::string::npos);
  EXPECT_NE(plan.notes[1].find("mixed lengths up to 17"), std::string::npos);
}

TEST(BenchPlan, IsEmptyWhenNoLengthFits) {
  EXPECT_TRUE(plan_bench({{17}, {1}, MixedLengths{3, 2, 10}}, 16, 0).workloads.empty());
}

}  // namespace
}  // namespace jnlp
