#include "evaluate/metrics/confusion_matrix.h"

#include <cmath>
#include <numeric>

namespace jnlp {

int64_t ConfusionMatrix::total() const {
  return std::accumulate(cells_.begin(), cells_.end(), int64_t{0});
}

double ConfusionMatrix::accuracy() const {
  int64_t correct = 0;
  for (size_t i = 0; i < classes_; ++i) correct += at(i, i);
  const int64_t samples = total();
  return samples == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(samples);
}

std::vector<MatchCounts> ConfusionMatrix::class_counts() const {
  std::vector<MatchCounts> counts(classes_);
  for (size_t expected = 0; expected < classes_; ++expected) {
    for (size_t predicted = 0; predicted < classes_; ++predicted) {
      const int64_t times = at(expected, predicted);
      counts[expected].expected += times;
      counts[predicted].predicted += times;
      if (expected == predicted) counts[expected].correct += times;
    }
  }
  return counts;
}

double ConfusionMatrix::matthews() const {
  double correct = 0;
  double samples = 0;
  double both = 0;               // sum over classes of expected times predicted
  double predicted_squares = 0;  // sums of squares
  double expected_squares = 0;
  for (const MatchCounts& counts : class_counts()) {
    const auto expected = static_cast<double>(counts.expected);
    const auto predicted = static_cast<double>(counts.predicted);
    correct += static_cast<double>(counts.correct);
    samples += expected;
    both += expected * predicted;
    predicted_squares += predicted * predicted;
    expected_squares += expected * expected;
  }
  const double predicted_variance = samples * samples - predicted_squares;
  const double expected_variance = samples * samples - expected_squares;
  if (predicted_variance * expected_variance == 0) return 0;
  return (correct * samples - both) / std::sqrt(predicted_variance * expected_variance);
}

}  // namespace jnlp
