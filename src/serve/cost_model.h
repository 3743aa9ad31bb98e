#pragma once

#include <cstdint>
#include <mutex>

#include "backends/backend.h"
#include "serve/queue_observer.h"
#include "tasks/batching.h"

namespace jnlp {

/// How long batches take: milliseconds = fixed + per_token * tokens, learned from those that were
/// run. A weighted least-squares line over the last batches, each counting 2 % less than the next.
/// A batch that took more than three times what was predicted counts as three times: one page fault
/// or pause spoils nothing, and a device that became slow is still believed within some batches.
/// While all batches are alike, what is fixed and what grows cannot be told apart; then all of it
/// is held to grow. Attention's square term is left out: at 512 tokens it is a tenth of the work.
/// Thread-safe.
class CostModel : public QueueObserver {
 public:
  /// Until a batch was seen, the prediction is 0.
  void observe(int64_t tokens, double milliseconds);
  double predict_ms(int64_t batches, int64_t tokens) const;
  /// Tokens of a batch, lately.
  double mean_tokens() const;

  void on_batch(const BatchReport& batch) override;

 private:
  struct Line {
    double fixed = 0;
    double per_token = 0;
  };
  Line line() const;

  mutable std::mutex mutex_;
  // Weighted sums over batches: of 1, x (tokens), y (milliseconds), x * x and x * y.
  double n_ = 0, x_ = 0, y_ = 0, xx_ = 0, xy_ = 0;
};

/// Runs a short and a long batch of arbitrary tokens, each twice, as the first run of a model reads
/// its weights from disk; the second ones are observed. Takes about as long as two full batches.
/// @throws Error what the backend throws.
void warm_up(Backend& backend, const BatchLimits& limits, CostModel& model);

}  // namespace jnlp
