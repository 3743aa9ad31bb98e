#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "serve/cost_model.h"
#include "serve/work_context.h"
#include "tasks/batching.h"

namespace jnlp {

/// What a request asks of the model. Counted or estimated before it is computed.
struct Work {
  int64_t sequences = 0;
  int64_t tokens = 0;
};

struct AdmissionOptions {
  /// Predicted milliseconds of all that is admitted and not done.
  int64_t max_queue_ms = 2000;
};

/// Decides at the door whether a request is taken, so that what is taken is also answered in time.
///
/// A request is refused
/// - when all admitted work and its own would take more than max_queue_ms. One that would take more
///   alone is admitted when nothing else is there, as it would be refused for ever otherwise;
/// - when it would not be done by its deadline. Under FairOrder others get at most as much as it
///   asks for while it waits, or the running batch, so one large request ahead does not refuse a
///   small one.
/// Both predictions follow the CostModel, which must observe the queue. A mean is what half of the
/// answers miss, so the second one is stretched until 99 of 100 answers come within it: by the
/// quantile of how much longer than predicted requests took lately. Thread-safe.
class Admission {
 public:
  Admission(std::shared_ptr<const CostModel> model, const BatchLimits& limits,
            const AdmissionOptions& options = {});

  /// The place that an admitted request takes, until it is destroyed.
  class Ticket {
   public:
    Ticket(Ticket&& other) noexcept;
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket();

    /// The work was done: predictions learn from how long it took.
    void answered() { is_answered_ = true; }

   private:
    friend class Admission;
    Ticket(Admission& admission, const Work& work, double predicted_ms)
        : admission_(&admission), work_(work), predicted_ms_(predicted_ms) {}

    Admission* admission_;
    Work work_;
    double predicted_ms_;  // until the answer
    bool is_answered_ = false;
    WorkContext::Clock::time_point admitted_ = WorkContext::Clock::now();
  };

  /// @throws Overloaded (queue_full, no_time) with the time after which the request would be taken,
  ///   if nobody else came.
  [[nodiscard]] Ticket admit(const Work& work,
                             std::optional<WorkContext::Clock::time_point> deadline = {});

  /// Predicted milliseconds of all that is admitted and not done.
  double queued_ms() const;
  /// By how much predictions of answers are stretched.
  double stretch() const;

 private:
  void give_back(const Ticket& ticket);
  double predict_ms(const Work& work) const;
  double predict_answer_ms(const Work& work) const;

  const std::shared_ptr<const CostModel> model_;
  const BatchLimits limits_;
  const AdmissionOptions options_;
  mutable std::mutex mutex_;  // guards what follows
  Work admitted_;
  std::map<int64_t, int64_t> requests_by_tokens_;
  double stretch_ = 1;
};

}  // namespace jnlp
