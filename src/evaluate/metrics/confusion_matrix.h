#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evaluate/metrics/counts.h"

namespace jnlp {

/// How often each class was taken for each other one.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(size_t classes) : classes_(classes), cells_(classes * classes) {}

  /// Both numbers must be below classes().
  void add(size_t expected, size_t predicted) { ++cells_[expected * classes_ + predicted]; }
  int64_t at(size_t expected, size_t predicted) const {
    return cells_[expected * classes_ + predicted];
  }

  size_t classes() const { return classes_; }
  int64_t total() const;

  /// Share of the samples on the diagonal; 0 when there are none.
  double accuracy() const;
  /// Matthews correlation coefficient for any number of classes (Gorodkin 2004), as scikit-learn
  /// has it: 0 when one side is a single class.
  double matthews() const;
  std::vector<MatchCounts> class_counts() const;

 private:
  size_t classes_;
  std::vector<int64_t> cells_;
};

}  // namespace jnlp
