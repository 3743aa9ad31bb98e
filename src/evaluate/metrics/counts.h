#pragma once

#include <cstdint>
#include <span>

namespace jnlp {

/// What precision and recall are made of, for one class or all of them.
struct MatchCounts {
  int64_t correct = 0;    ///< true positives
  int64_t predicted = 0;  ///< true and false positives
  int64_t expected = 0;   ///< true positives and false negatives: the support

  MatchCounts& operator+=(const MatchCounts& other);
};

struct PrecisionRecallF1 {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
};

/// A ratio whose denominator is 0 counts as 0, as with zero_division=0 in scikit-learn and seqeval.
PrecisionRecallF1 scores_of(const MatchCounts& counts);

/// Means over classes. Classes that are neither expected nor predicted do not count.
struct AveragedScores {
  PrecisionRecallF1 micro;     ///< from the sums of the counts
  PrecisionRecallF1 macro;     ///< every class alike
  PrecisionRecallF1 weighted;  ///< by support
};

AveragedScores averages_of(std::span<const MatchCounts> classes);

}  // namespace jnlp
