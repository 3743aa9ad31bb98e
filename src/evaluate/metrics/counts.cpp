#include "evaluate/metrics/counts.h"

namespace jnlp {
namespace {

double ratio(double numerator, double denominator) {
  return denominator == 0 ? 0 : numerator / denominator;
}

void add_scaled(const PrecisionRecallF1& scores, double factor, PrecisionRecallF1* sum) {
  sum->precision += scores.precision * factor;
  sum->recall += scores.recall * factor;
  sum->f1 += scores.f1 * factor;
}

}  // namespace

MatchCounts& MatchCounts::operator+=(const MatchCounts& other) {
  correct += other.correct;
  predicted += other.predicted;
  expected += other.expected;
  return *this;
}

PrecisionRecallF1 scores_of(const MatchCounts& counts) {
  const auto correct = static_cast<double>(counts.correct);
  const auto predicted = static_cast<double>(counts.predicted);
  const auto expected = static_cast<double>(counts.expected);
  return {ratio(correct, predicted), ratio(correct, expected),
          ratio(2 * correct, predicted + expected)};
}

AveragedScores averages_of(std::span<const MatchCounts> classes) {
  MatchCounts total;
  int64_t present = 0;
  for (const MatchCounts& counts : classes) {
    total += counts;
    if (counts.predicted + counts.expected > 0) ++present;
  }
  AveragedScores averages;
  averages.micro = scores_of(total);
  for (const MatchCounts& counts : classes) {
    if (counts.predicted + counts.expected == 0) continue;
    const PrecisionRecallF1 scores = scores_of(counts);
    add_scaled(scores, ratio(1, static_cast<double>(present)), &averages.macro);
    add_scaled(scores,
               ratio(static_cast<double>(counts.expected), static_cast<double>(total.expected)),
               &averages.weighted);
  }
  return averages;
}

}  // namespace jnlp
