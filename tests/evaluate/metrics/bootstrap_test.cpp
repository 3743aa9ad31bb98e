// Against numpy on the same draws, and against the truth of simulated data.
#include "evaluate/metrics/bootstrap.h"

#include <cmath>
#include <random>

#include "evaluate/metrics/golden.h"
#include "evaluate/random.h"
#include "report/statistics.h"

namespace jnlp {
namespace {

std::vector<double> mean_and_deviation(const std::vector<double>& values,
                                       std::span<const uint32_t> samples) {
  double sum = 0;
  for (const uint32_t i : samples) sum += values[i];
  const double average = sum / static_cast<double>(samples.size());
  double squares = 0;
  for (const uint32_t i : samples) squares += (values[i] - average) * (values[i] - average);
  return {average, std::sqrt(squares / static_cast<double>(samples.size()))};
}

TEST(Bootstrap, AgreesWithNumpyOnTheSameDraws) {
  const Json bootstrap = test::golden_metrics("bootstrap");
  for (const Json& golden : bootstrap.at("cases")) {
    const auto values = golden.at("values").get<std::vector<double>>();
    const BootstrapOptions options{golden.at("resamples").get<int>(),
                                   golden.at("level").get<double>(),
                                   golden.at("seed").get<uint64_t>()};
    const auto intervals = bootstrap_intervals(
        values.size(), [&](auto samples) { return mean_and_deviation(values, samples); }, options);
    ASSERT_EQ(intervals.size(), 2U);
    EXPECT_NEAR(intervals[0].low, golden.at("mean")[0].get<double>(), 1e-12);
    EXPECT_NEAR(intervals[0].high, golden.at("mean")[1].get<double>(), 1e-12);
    EXPECT_NEAR(intervals[1].low, golden.at("deviation")[0].get<double>(), 1e-12);
    EXPECT_NEAR(intervals[1].high, golden.at("deviation")[1].get<double>(), 1e-12);
  }
}

// Of 300 data sets with a known mean, about 95 % of the intervals must hold it. The bounds are four
// standard errors (1.26 points) below and above; the percentile interval of 200 samples is a little
// narrow, which they allow for.
TEST(Bootstrap, CoversTheTruthAsOftenAsItSays) {
  constexpr int kDataSets = 300;
  constexpr size_t kSamples = 200;
  constexpr double kTruth = 0.8;
  int covered = 0;
  std::mt19937_64 engine(5);
  for (int set = 0; set < kDataSets; ++set) {
    std::vector<double> values(kSamples);
    for (double& value : values) value = draw_below(engine, 1000) < 1000 * kTruth ? 1 : 0;
    const BootstrapOptions options{400, 0.95, static_cast<uint64_t>(set)};
    const auto interval = bootstrap_intervals(
        kSamples, [&](auto samples) { return mean_and_deviation(values, samples); }, options)[0];
    if (interval.low <= kTruth && kTruth <= interval.high) ++covered;
  }
  EXPECT_GE(covered, kDataSets * 0.89);
  EXPECT_LE(covered, kDataSets);
}

TEST(Random, SubsetsAreTheSameEverywhere) {
  const Json bootstrap = test::golden_metrics("bootstrap");
  for (const Json& golden : bootstrap.at("subsets")) {
    EXPECT_EQ(
        choose_subset(golden[0].get<size_t>(), golden[1].get<size_t>(), golden[2].get<uint64_t>()),
        golden[3].get<std::vector<size_t>>());
  }
  EXPECT_EQ(choose_subset(3, 10, 1), (std::vector<size_t>{0, 1, 2}));
}

TEST(Random, DrawsAreEven) {
  std::mt19937_64 engine(3);
  std::vector<int> seen(7);
  for (int i = 0; i < 70000; ++i) ++seen[draw_below(engine, 7)];
  for (const int count : seen) EXPECT_NEAR(count, 10000, 400);  // four standard deviations
}

TEST(Statistics, QuantilesAreNumpys) {
  const Json bootstrap = test::golden_metrics("bootstrap");
  for (const Json& golden : bootstrap.at("quantiles")) {
    EXPECT_NEAR(quantile(golden[0].get<std::vector<double>>(), golden[1].get<double>()),
                golden[2].get<double>(), 1e-12)
        << golden;
  }
  EXPECT_TRUE(std::isnan(quantile({}, 0.5)));
  EXPECT_TRUE(std::isnan(mean({})));
}

}  // namespace
}  // namespace jnlp
