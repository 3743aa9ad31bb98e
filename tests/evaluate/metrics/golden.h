#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/json.h"
#include "evaluate/metrics/counts.h"
#include "support/paths.h"

namespace jnlp::test {

/// The reference's results; tools/golden/metrics.py made them.
inline Json golden_metrics(const std::string& name) {
  return read_json_file(test_file("golden/metrics/" + name + ".json"));
}

inline void expect_scores(const PrecisionRecallF1& scores, const Json& expected,
                          const std::string& what) {
  constexpr double kRounding = 1e-12;
  EXPECT_NEAR(scores.precision, expected[0].get<double>(), kRounding) << what;
  EXPECT_NEAR(scores.recall, expected[1].get<double>(), kRounding) << what;
  EXPECT_NEAR(scores.f1, expected[2].get<double>(), kRounding) << what;
}

inline void expect_averages(const AveragedScores& averages, const Json& expected,
                            const std::string& what) {
  expect_scores(averages.micro, expected.at("micro"), what + " micro");
  expect_scores(averages.macro, expected.at("macro"), what + " macro");
  expect_scores(averages.weighted, expected.at("weighted"), what + " weighted");
}

}  // namespace jnlp::test
