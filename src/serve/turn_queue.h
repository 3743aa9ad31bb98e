#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "serve/admission.h"
#include "serve/batch_queue.h"
#include "serve/fair_order.h"
#include "serve/queue_observer.h"
#include "serve/work_context.h"

namespace jnlp {

struct TurnOptions {
  AdmissionOptions admission = {};
  /// Requests that wait at most: each has a thread that others could use.
  size_t max_waiting = 16;
};

/// The queue of a model that works for one request at a time and cannot put the work of several
/// into a batch, such as one that writes. Whole requests take turns in the order of FairOrder by
/// their tokens: a short one goes before long ones that wait, which it cannot hold up for ever.
/// What runs is not interrupted for others.
///
/// A request whose time is over leaves the queue at its deadline; one whose client has gone, when
/// its turn comes; of neither is anything computed. Thread-safe.
class TurnQueue {
 public:
  explicit TurnQueue(const TurnOptions& options = {},
                     std::vector<std::shared_ptr<QueueObserver>> observers = {});
  TurnQueue(const TurnQueue&) = delete;
  TurnQueue& operator=(const TurnQueue&) = delete;

  /// Runs `body` when it is this request's turn; it should ask `context` now and then whether to go
  /// on. How long it takes is learned for admission.
  /// @throws Overloaded as Admission, and when too many wait; Error deadline; Cancelled; what
  /// `body` throws.
  void run(const Work& work, const WorkContext& context, const std::function<void()>& body);

  /// What waits; what runs is not in it.
  QueueDepth depth() const;
  double queued_ms() const { return admission_.queued_ms(); }

 private:
  using Clock = WorkContext::Clock;
  struct Waiter;

  void await_turn(Waiter& waiter);
  void leave();
  void report(Reject reject) const;

  const size_t max_waiting_;
  const std::shared_ptr<CostModel> cost_;
  Admission admission_;
  std::vector<std::shared_ptr<QueueObserver>> observers_;
  mutable std::mutex mutex_;  // guards what follows
  bool busy_ = false;
  FairOrder<Waiter*> order_;
  size_t waiting_ = 0;
  uint64_t next_flow_ = 0;
};

}  // namespace jnlp
