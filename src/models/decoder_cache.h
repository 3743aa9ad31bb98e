#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ops/buffer.h"

namespace jnlp {

/// What a decoder's self-attention remembers: for each layer a matrix with a row for each token of
/// each hypothesis, in the order of the steps. A row is never moved: a hypothesis is the path of
/// the rows that are its tokens', and what hypotheses have in common they share.
class DecoderCache {
 public:
  /// Empties it. `hypotheses`: how many there are at first, at most `slots`; `slots` the most that
  /// one step may have.
  void reset(int64_t layers, int64_t row_size, int64_t steps, int64_t slots, int64_t hypotheses);

  /// Begins a step: each hypothesis gets a row of its own, in order.
  void add_rows();
  /// Which hypotheses go on: `parents` names for each of the next step the one that it continues.
  void follow(std::span<const int64_t> parents);

  int64_t hypotheses() const { return static_cast<int64_t>(paths_.size()); }
  /// Steps begun since reset().
  int64_t steps() const { return steps_; }
  /// Row 0 of a layer's matrix.
  const float* rows(int64_t layer) const { return memory_.data() + layer * layer_size(); }
  /// Where this step's rows of a layer stand, one behind the other.
  float* new_rows(int64_t layer) {
    return memory_.data() + layer * layer_size() + (steps_ - 1) * slots_ * row_size_;
  }
  std::span<const std::vector<int32_t>> paths() const { return paths_; }

 private:
  int64_t layer_size() const { return max_steps_ * slots_ * row_size_; }

  FloatBuffer memory_;
  int64_t row_size_ = 0;
  int64_t max_steps_ = 0;
  int64_t slots_ = 0;
  int64_t steps_ = 0;
  std::vector<std::vector<int32_t>> paths_;
};

}  // namespace jnlp
