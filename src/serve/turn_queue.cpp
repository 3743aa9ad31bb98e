#include "serve/turn_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/stopwatch.h"
#include "serve/check_wanted.h"
#include "serve/wake_flag.h"

namespace jnlp {

// Stands on the stack of the waiting thread.
struct TurnQueue::Waiter {
  const Work work;
  const WorkContext& context;
  const Clock::time_point queued;
  uint64_t flow = 0;
  bool chosen = false;
  WakeFlag woken = {};
};

TurnQueue::TurnQueue(const TurnOptions& options,
                     std::vector<std::shared_ptr<QueueObserver>> observers)
    : max_waiting_(options.max_waiting),
      cost_(std::make_shared<CostModel>()),
      admission_(cost_, {.max_sequences = 1, .max_tokens = 1 << 30}, options.admission),
      observers_(std::move(observers)) {
  observers_.push_back(cost_);
}

void TurnQueue::run(const Work& work, const WorkContext& context,
                    const std::function<void()>& body) {
  std::optional<Admission::Ticket> ticket;
  Waiter waiter{.work = work, .context = context, .queued = Clock::now()};
  // Those whose turn never came are reported as well as those that end before they are done.
  bool has_turn = false;
  try {
    check_wanted(context);
    ticket.emplace(admission_.admit(work, context.deadline));
    await_turn(waiter);
    has_turn = true;
    check_wanted(context);
    const std::vector<double> waits = {
        std::chrono::duration<double>(Clock::now() - waiter.queued).count()};
    const Stopwatch watch;
    body();
    const BatchReport batch{.sequences = work.sequences,
                            .tokens = work.tokens,
                            .seconds = watch.seconds(),
                            .waits = waits};
    for (const auto& observer : observers_) observer->on_batch(batch);
    if (context.times != nullptr) {
      context.times->entered = waiter.queued;
      context.times->waited = std::chrono::duration<double>(waits.front());
      context.times->computed = std::chrono::duration<double>(batch.seconds);
    }
    ticket->answered();
    leave();
  } catch (const Overloaded&) {
    if (has_turn) leave();
    throw;
  } catch (...) {
    if (has_turn) leave();
    report(context.is_cancelled()          ? Reject::cancelled
           : context.expired(Clock::now()) ? Reject::deadline
                                           : Reject::failed);
    throw;
  }
}

// Returns when the turn is this waiter's. @throws Overloaded; Error deadline.
void TurnQueue::await_turn(Waiter& waiter) {
  {
    const std::lock_guard lock(mutex_);
    if (!busy_) {
      busy_ = true;
      return;
    }
    if (waiting_ >= max_waiting_) {
      throw Overloaded(Refusal::queue_full, std::chrono::seconds(1),
                       fmt::format("the queue is full: {} requests are waiting", waiting_));
    }
    ++waiting_;
    waiter.flow = next_flow_++;
    order_.add(waiter.flow, &waiter, waiter.work.tokens);
  }
  if (!waiter.context.deadline) return waiter.woken.wait();
  if (waiter.woken.wait_until(*waiter.context.deadline)) return;
  {
    const std::lock_guard lock(mutex_);
    if (!waiter.chosen) {
      order_.remove(waiter.flow, &waiter);
      --waiting_;
      throw Error(ErrorCode::deadline, "the request was not computed before its deadline");
    }
  }
  waiter.woken.wait();  // just about to be set
}

void TurnQueue::leave() {
  Waiter* next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (order_.empty()) {
      busy_ = false;
      return;
    }
    next = order_.next();
    order_.take(0);
    --waiting_;
    next->chosen = true;
  }
  next->woken.set();
}

QueueDepth TurnQueue::depth() const {
  const std::lock_guard lock(mutex_);
  QueueDepth depth;
  const Clock::time_point now = Clock::now();
  order_.for_each([&](const Waiter* waiter) {
    ++depth.calls;
    depth.sequences += waiter->work.sequences;
    depth.tokens += waiter->work.tokens;
    depth.oldest_seconds =
        std::max(depth.oldest_seconds, std::chrono::duration<double>(now - waiter->queued).count());
  });
  return depth;
}

void TurnQueue::report(Reject reject) const {
  for (const auto& observer : observers_) observer->on_reject(reject);
}

}  // namespace jnlp
