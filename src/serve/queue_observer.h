#pragma once

#include <cstdint>
#include <span>

namespace jnlp {

/// What one run of the backend was.
struct BatchReport {
  int64_t sequences = 0;
  int64_t tokens = 0;
  double seconds = 0;             ///< in the backend
  std::span<const double> waits;  ///< seconds from run() to this batch, one per call in it
};

/// Why a call ended without its output.
enum class Reject {
  deadline,   ///< its time was over before it was computed
  cancelled,  ///< its client has gone
  failed,     ///< the backend threw
  closing,    ///< the queue was drained or destroyed
};

/// Is told what a queue does, for metrics and for the cost model. Called from several threads,
/// outside of the queue's lock, between batches: it must be quick and must not throw.
class QueueObserver {
 public:
  virtual ~QueueObserver() = default;
  virtual void on_batch(const BatchReport& batch) = 0;
  virtual void on_reject(Reject) {}
};

}  // namespace jnlp
