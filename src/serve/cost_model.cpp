#include "serve/cost_model.h"

#include <algorithm>
#include <vector>

#include "base/stopwatch.h"

namespace jnlp {
namespace {

constexpr double kForgetting = 0.98;
constexpr double kOutlier = 3;
// Batches are alike when their lengths spread less than a tenth around the mean; the square.
constexpr double kAlike = 0.01;
constexpr int64_t kWarmUpTokens = 32;  // of a sequence

}  // namespace

void CostModel::observe(int64_t tokens, double milliseconds) {
  const std::lock_guard lock(mutex_);
  const auto x = static_cast<double>(tokens);
  double y = milliseconds;
  if (n_ > 0) {
    const Line line = this->line();
    y = std::min(y, kOutlier * (line.fixed + line.per_token * x));
  }
  n_ = n_ * kForgetting + 1;
  x_ = x_ * kForgetting + x;
  y_ = y_ * kForgetting + y;
  xx_ = xx_ * kForgetting + x * x;
  xy_ = xy_ * kForgetting + x * y;
}

double CostModel::predict_ms(int64_t batches, int64_t tokens) const {
  const std::lock_guard lock(mutex_);
  const Line line = this->line();
  return line.fixed * static_cast<double>(batches) + line.per_token * static_cast<double>(tokens);
}

double CostModel::mean_tokens() const {
  const std::lock_guard lock(mutex_);
  return n_ == 0 ? 0 : x_ / n_;
}

void CostModel::on_batch(const BatchReport& batch) {
  observe(batch.tokens, batch.seconds * 1000);
}

CostModel::Line CostModel::line() const {
  if (n_ == 0 || x_ == 0) return {};
  const double mean_x = x_ / n_;
  const double mean_y = y_ / n_;
  const double through_zero = mean_y / mean_x;
  const double spread = xx_ / n_ - mean_x * mean_x;
  if (spread < kAlike * mean_x * mean_x) return {.fixed = 0, .per_token = through_zero};
  const double slope = (xy_ / n_ - mean_x * mean_y) / spread;
  const double per_token = std::clamp(slope, 0.0, through_zero);
  return {.fixed = mean_y - per_token * mean_x, .per_token = per_token};
}

void warm_up(Backend& backend, const BatchLimits& limits, CostModel& model) {
  const int64_t length = std::min(kWarmUpTokens, backend.max_sequence_length());
  const int64_t full = std::clamp<int64_t>(limits.max_tokens / length, 1,
                                           std::max<int64_t>(limits.max_sequences, 1));
  for (const int64_t sequences : {int64_t{1}, full}) {
    Batch batch;
    // The id 0 is in every vocabulary.
    for (int64_t i = 0; i < sequences; ++i) {
      batch.add(std::vector<int32_t>(static_cast<size_t>(length), 0));
    }
    backend.run(batch);
    const Stopwatch watch;
    backend.run(batch);
    model.observe(batch.tokens(), watch.seconds() * 1000);
  }
}

}  // namespace jnlp
