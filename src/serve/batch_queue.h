#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "backends/backend.h"
#include "serve/fair_order.h"
#include "serve/queue_observer.h"
#include "serve/work_context.h"
#include "tasks/batching.h"

namespace jnlp {

struct QueueOptions {
  BatchLimits limits = {.max_sequences = 8, .max_tokens = 4096};
  /// How long a batch that is not full may wait for the callers that have just been answered.
  std::chrono::microseconds max_wait{0};
};

/// What waits now; what the backend is computing is not in it.
struct QueueDepth {
  int64_t calls = 0;
  int64_t sequences = 0;
  int64_t tokens = 0;
  double oldest_seconds = 0;  ///< age of the oldest call
};

/// The one owner of a model's backend: packs the sequences of many callers into batches and runs
/// them on a thread of its own.
///
/// Which: sequences, not calls, are put into a batch, in the order of FairOrder, until the next one
/// does not fit; it is then the first of the next batch, so a long one is never passed over, and
/// one above max_tokens runs alone. A call of many sequences is computed in parts, which changes no
/// bit of it. Flows of FairOrder are clients, or single calls where no client is named: a new
/// call's first sequence waits for the running batch and one sequence of each other flow.
///
/// When: a batch leaves at once when the engine is idle. While it is busy, calls gather. When it
/// becomes free with a batch that is not full, waiting pays only if somebody is about to come, and
/// the likeliest are the callers just answered. So it waits until as many calls wait as there were
/// callers in the house, at most max_wait. With one caller it never waits, and clients that go away
/// cost it one max_wait. Default 0: two groups of callers then take turns, one computed while the
/// other is answered.
///
/// Who is left out: a call that expires or is cancelled leaves with what of it is not yet in a
/// batch; none of that is ever computed. A waiting caller with a deadline returns at it even in the
/// middle of a batch; a cancelled one returns when its turn comes.
///
/// Failures: a backend exception fails the call of that batch. If several calls shared it, each is
/// run again alone, so that only the one that is to blame fails.
///
/// Waiting callers sleep each on a flag of its own. Outputs are cut out of the batch's by their
/// threads, not by the engine's.
class BatchQueue {
 public:
  explicit BatchQueue(std::shared_ptr<Backend> backend, const QueueOptions& options = {},
                      std::vector<std::shared_ptr<QueueObserver>> observers = {});
  /// Finishes the running batch; calls that wait for theirs fail as after drain(). No thread may
  /// begin a call any more, those inside are let out.
  ~BatchQueue();
  BatchQueue(const BatchQueue&) = delete;
  BatchQueue& operator=(const BatchQueue&) = delete;

  /// What Backend::run returns, bit for bit. Blocks until then; may be called from many threads.
  /// @throws Error deadline; Cancelled; Overloaded (closing) after drain(); what the backend
  /// throws.
  Output run(const Batch& batch, const WorkContext& context = {});

  /// What run() would have returned or thrown.
  struct Outcome {
    Output output;
    std::exception_ptr error;  ///< then there is no output
  };
  using Done = std::function<void(Outcome)>;
  /// As run(), but returns at once: `done` is called, once, from the queue's thread (at once, from
  /// this one, when the call is not taken). It must be quick, and must not destroy the queue. A
  /// call that expires or is cancelled in the queue is told so when its turn comes, one in a batch
  /// when that is computed. What `context` points to must live until then.
  void submit(Batch batch, const WorkContext& context, Done done);

  /// Refuses new calls from now on and returns when all that were accepted have been answered.
  void drain();

  QueueDepth depth() const;
  /// For its constant properties; run() is the queue's alone.
  const Backend& backend() const { return *backend_; }

 private:
  using Clock = WorkContext::Clock;
  struct Call;
  struct AsyncCall;
  struct Flight;

  bool take(Call& call);
  std::optional<Reject> add(Call& call);
  void await(Call& call);
  Output output_of(Call& call) const;
  Outcome outcome_of(Call& call) const;
  static Output assemble(const Call& call);

  void work();
  void wait_for_work(std::unique_lock<std::mutex>& lock, Clock::time_point freed);
  bool enough_waits() const;
  void pack(Clock::time_point now);
  void fly(std::unique_lock<std::mutex>& lock, size_t index);
  void land(Flight& flight, Output output);
  void fail(size_t index, const std::exception_ptr& error);
  bool dropped(Call& call, Clock::time_point now);
  void leave_out(Call& call);
  void settle(Call& call, std::optional<Reject> reject);
  void announce(std::unique_lock<std::mutex>& lock);
  void report(Reject reject) const;

  const std::shared_ptr<Backend> backend_;
  const QueueOptions options_;
  const std::vector<std::shared_ptr<QueueObserver>> observers_;
  const bool row_per_sequence_;

  std::atomic<int> inside_{0};  // callers in run() and submit()
  mutable std::mutex mutex_;    // guards what follows
  std::condition_variable work_;
  std::condition_variable drained_;
  FairOrder<Call*> order_;
  QueueDepth waiting_;            // without the age
  std::vector<Flight> flights_;   // being computed: one, or one per call after a failure
  std::vector<Call*> settled_;    // to be told so when the lock is released
  std::vector<Reject> rejected_;  // to be reported then
  int64_t in_house_ = 0;          // calls waiting or just settled when the last batch ended
  int64_t wake_at_ = 0;           // calls that the engine sleeps for; 0: it does not sleep
  uint64_t next_flow_ = 0;
  bool accepting_ = true;
  bool stopping_ = false;
  std::thread engine_;
};

}  // namespace jnlp
