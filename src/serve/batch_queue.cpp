#include "serve/batch_queue.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/stopwatch.h"
#include "serve/overloaded.h"
#include "serve/wake_flag.h"

namespace jnlp {
namespace {

int64_t length_of(const Batch& batch, int64_t sequence) {
  return batch.cu_seqlens[static_cast<size_t>(sequence) + 1] -
         batch.cu_seqlens[static_cast<size_t>(sequence)];
}

void append_sequence(const Batch& from, int64_t sequence, Batch& to) {
  const auto begin = static_cast<size_t>(from.cu_seqlens[static_cast<size_t>(sequence)]);
  const auto length = static_cast<size_t>(length_of(from, sequence));
  to.add(std::span(from.token_ids).subspan(begin, length),
         std::span(from.type_ids).subspan(begin, length));
}

struct Inside {
  std::atomic<int>& count;
  explicit Inside(std::atomic<int>& count) : count(count) { ++count; }
  ~Inside() { count.fetch_sub(1, std::memory_order_release); }
};

Overloaded closing() {
  return {Refusal::closing, std::chrono::milliseconds(0),
          "the model takes no more requests: it is being unloaded or the server ends"};
}

Error late() {
  return {ErrorCode::deadline, "the request was not computed before its deadline"};
}

}  // namespace

// Stands on the stack of the caller's thread, or in an AsyncCall; nothing may refer to it once it
// is settled and the caller told.
struct BatchQueue::Call {
  // The rows of a batch's output that belong to one sequence.
  struct Piece {
    std::shared_ptr<const Output> output;
    int64_t first_row = 0;
    int64_t rows = 0;
  };

  Call(const Batch& batch, const WorkContext& context, Clock::time_point now)
      : batch(batch),
        context(context),
        queued(now),
        missing(batch.sequences()),
        pieces(static_cast<size_t>(batch.sequences())) {}

  const Batch& batch;
  const WorkContext& context;
  const Clock::time_point queued;
  Clock::time_point begun;  // when its first sequence went into a batch
  uint64_t flow = 0;
  int64_t next = 0;  // first sequence that is not yet in a batch
  int64_t missing;   // sequences without their output
  std::vector<Piece> pieces;
  std::optional<Output> whole;  // instead of pieces, when one batch was this call and nothing else
  std::optional<Reject> reject;
  std::exception_ptr error;
  bool settled = false;
  WakeFlag answered;
  AsyncCall* async = nullptr;  // that this one is part of, instead of a thread that waits
};

// Owns itself from the time that it is taken until it is told.
struct BatchQueue::AsyncCall {
  AsyncCall(Batch given, const WorkContext& context, Done done)
      : batch(std::move(given)),
        context(context),
        done(std::move(done)),
        call(batch, this->context, Clock::now()) {
    call.async = this;
  }

  const Batch batch;
  const WorkContext context;
  Done done;
  Call call;
};

// A batch with what its sequences are for.
struct BatchQueue::Flight {
  struct Part {
    Call* call;  // null when the caller did not wait for it
    int64_t sequence;
  };

  Batch batch;
  std::vector<Part> parts;    // one per sequence
  std::vector<double> waits;  // seconds, one per call

  bool is_wanted() const {
    return std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.call; });
  }
  // The call that the whole batch is of.
  Call* only_call() const {
    const bool one = std::all_of(parts.begin(), parts.end(),
                                 [&](const Part& part) { return part.call == parts.front().call; });
    return one ? parts.front().call : nullptr;
  }
};

BatchQueue::BatchQueue(std::shared_ptr<Backend> backend, const QueueOptions& options,
                       std::vector<std::shared_ptr<QueueObserver>> observers)
    : backend_(std::move(backend)),
      options_(options),
      observers_(std::move(observers)),
      row_per_sequence_(has_row_per_sequence(backend_->head())),
      engine_([this] { work(); }) {}

BatchQueue::~BatchQueue() {
  {
    std::unique_lock lock(mutex_);
    accepting_ = false;
    stopping_ = true;
    while (!order_.empty()) {
      Call& call = *order_.next();
      leave_out(call);
      settle(call, Reject::closing);
    }
    work_.notify_one();
    announce(lock);
  }
  engine_.join();
  // All are settled; they are only on their way out.
  while (inside_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
}

Output BatchQueue::run(const Batch& batch, const WorkContext& context) {
  const Inside inside(inside_);
  Call call(batch, context, Clock::now());
  if (take(call)) await(call);
  return output_of(call);
}

void BatchQueue::submit(Batch batch, const WorkContext& context, Done done) {
  const Inside inside(inside_);
  auto async = std::make_unique<AsyncCall>(std::move(batch), context, std::move(done));
  if (take(async->call)) {
    static_cast<void>(async.release());
  } else {
    async->done(outcome_of(async->call));
  }
}

// False when the call is over already. Else the engine writes to it from now on.
bool BatchQueue::take(Call& call) {
  if (call.missing == 0) return false;
  const std::optional<Reject> refused = add(call);
  if (!refused) return true;
  call.reject = refused;
  report(*refused);
  return false;
}

// Of a call that is over.
Output BatchQueue::output_of(Call& call) const {
  if (call.error) std::rethrow_exception(std::exchange(call.error, nullptr));
  if (call.reject == Reject::cancelled) throw Cancelled();
  if (call.reject == Reject::closing) throw closing();
  if (call.reject) throw late();
  if (call.pieces.empty()) {  // nothing was asked
    return {.rows = 0, .columns = backend_->output_size(), .values = {}};
  }
  if (WorkTimes* const times = call.context.times) {
    if (!times->entered) times->entered = call.queued;
    times->waited += call.begun - call.queued;
    times->computed += Clock::now() - call.begun;
  }
  return call.whole ? std::move(*call.whole) : assemble(call);
}

BatchQueue::Outcome BatchQueue::outcome_of(Call& call) const {
  try {
    return {output_of(call), nullptr};
  } catch (...) {
    return {{}, std::current_exception()};
  }
}

// Says why when it does not take the call.
std::optional<Reject> BatchQueue::add(Call& call) {
  if (call.context.is_cancelled()) return Reject::cancelled;
  if (call.context.expired(call.queued)) return Reject::deadline;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (!accepting_) return Reject::closing;
    // Clients and single calls do not meet: the last bit tells them apart.
    call.flow = call.context.client != 0 ? call.context.client << 1 | 1 : next_flow_++ << 1;
    order_.add(call.flow, &call, length_of(call.batch, 0));
    ++waiting_.calls;
    waiting_.sequences += call.batch.sequences();
    waiting_.tokens += call.batch.tokens();
    wake = wake_at_ != 0 && enough_waits();
    if (wake) wake_at_ = 0;
  }
  if (wake) work_.notify_one();
  return std::nullopt;
}

void BatchQueue::await(Call& call) {
  if (!call.context.deadline) return call.answered.wait();
  if (call.answered.wait_until(*call.context.deadline)) return;
  bool left = false;
  {
    const std::lock_guard lock(mutex_);
    left = !call.settled;
    if (left) {
      leave_out(call);
      call.reject = Reject::deadline;
    }
  }
  if (left) {
    report(Reject::deadline);
  } else {
    call.answered.wait();  // settled by the engine, which is just about to say so
  }
}

Output BatchQueue::assemble(const Call& call) {
  Output output{.rows = 0, .columns = call.pieces.front().output->columns, .values = {}};
  for (const Call::Piece& piece : call.pieces) output.rows += piece.rows;
  output.values.reserve(static_cast<size_t>(output.rows * output.columns));
  for (const Call::Piece& piece : call.pieces) {
    const auto first = piece.output->values.begin() + piece.first_row * output.columns;
    output.values.insert(output.values.end(), first, first + piece.rows * output.columns);
  }
  return output;
}

void BatchQueue::drain() {
  std::unique_lock lock(mutex_);
  accepting_ = false;
  wake_at_ = 0;
  work_.notify_one();
  drained_.wait(lock, [&] { return waiting_.calls == 0 && flights_.empty(); });
}

QueueDepth BatchQueue::depth() const {
  const std::lock_guard lock(mutex_);
  QueueDepth depth = waiting_;
  const Clock::time_point now = Clock::now();
  order_.for_each([&](const Call* call) {
    depth.oldest_seconds =
        std::max(depth.oldest_seconds, std::chrono::duration<double>(now - call->queued).count());
  });
  return depth;
}

void BatchQueue::work() {
  std::unique_lock lock(mutex_);
  Clock::time_point freed;
  for (;;) {
    wait_for_work(lock, freed);
    if (stopping_) return;
    pack(Clock::now());
    if (!settled_.empty()) announce(lock);
    // A failure appends to them.
    for (size_t index = 0; index < flights_.size(); ++index) fly(lock, index);
    flights_.clear();
    freed = Clock::now();
  }
}

void BatchQueue::wait_for_work(std::unique_lock<std::mutex>& lock, Clock::time_point freed) {
  const auto woken = [&] { return stopping_ || wake_at_ == 0; };
  if (waiting_.calls == 0) {
    drained_.notify_all();
    wake_at_ = 1;
    work_.wait(lock, woken);
  } else if (accepting_ && options_.max_wait.count() > 0) {
    wake_at_ = in_house_;
    if (!enough_waits()) work_.wait_until(lock, freed + options_.max_wait, woken);
  }
  wake_at_ = 0;
}

bool BatchQueue::enough_waits() const {
  return waiting_.calls >= wake_at_ || waiting_.sequences >= options_.limits.max_sequences ||
         waiting_.tokens >= options_.limits.max_tokens;
}

// Puts the next batch into flights_; none when nobody is left that waits.
void BatchQueue::pack(Clock::time_point now) {
  // In flights_ from the start: who leaves meanwhile is taken out of it there.
  Flight& flight = flights_.emplace_back();
  while (!order_.empty()) {
    Call& call = *order_.next();
    if (dropped(call, now)) continue;
    const int64_t tokens = length_of(call.batch, call.next);
    const bool fits = flight.batch.sequences() < options_.limits.max_sequences &&
                      flight.batch.tokens() + tokens <= options_.limits.max_tokens;
    if (!fits && flight.batch.sequences() > 0) break;
    append_sequence(call.batch, call.next, flight.batch);
    if (call.next == 0) call.begun = now;
    const bool has_part = std::any_of(flight.parts.begin(), flight.parts.end(),
                                      [&](const auto& part) { return part.call == &call; });
    if (!has_part) {
      flight.waits.push_back(std::chrono::duration<double>(now - call.queued).count());
    }
    flight.parts.push_back({&call, call.next++});
    const bool finished = call.next == call.batch.sequences();
    order_.take(finished ? 0 : std::max<int64_t>(length_of(call.batch, call.next), 1));
    waiting_.tokens -= tokens;
    --waiting_.sequences;
    if (finished) --waiting_.calls;
  }
  if (flight.parts.empty()) flights_.pop_back();
}

// Runs a flight, without the lock.
void BatchQueue::fly(std::unique_lock<std::mutex>& lock, size_t index) {
  Flight& flight = flights_[index];
  if (index > 0 && flight.only_call() != nullptr) dropped(*flight.only_call(), Clock::now());
  if (flight.is_wanted()) {
    lock.unlock();
    Output output;
    std::exception_ptr error;
    const Stopwatch watch;
    try {
      output = backend_->run(flight.batch);
    } catch (...) {
      error = std::current_exception();
    }
    const BatchReport batch{.sequences = flight.batch.sequences(),
                            .tokens = flight.batch.tokens(),
                            .seconds = watch.seconds(),
                            .waits = flight.waits};
    if (!error) {
      for (const auto& observer : observers_) observer->on_batch(batch);
    }
    lock.lock();
    if (error) {
      fail(index, error);
    } else {
      land(flight, std::move(output));
    }
  }
  // Now, as some of those told may be back before the engine looks again.
  in_house_ = waiting_.calls + static_cast<int64_t>(settled_.size());
  announce(lock);
}

void BatchQueue::land(Flight& flight, Output output) {
  Call* const only = flight.only_call();
  if (only != nullptr && only->batch.sequences() == flight.batch.sequences()) {
    only->whole = std::move(output);
    only->missing = 0;
    settle(*only, std::nullopt);
  } else {
    const auto shared = std::make_shared<const Output>(std::move(output));
    for (size_t i = 0; i < flight.parts.size(); ++i) {
      const auto [call, sequence] = flight.parts[i];
      if (call == nullptr) continue;
      const auto place = static_cast<int64_t>(i);
      call->pieces[static_cast<size_t>(sequence)] = {
          shared, row_per_sequence_ ? place : flight.batch.cu_seqlens[i],
          row_per_sequence_ ? 1 : length_of(flight.batch, place)};
      if (--call->missing == 0) settle(*call, std::nullopt);
    }
  }
  flight.parts.clear();
}

void BatchQueue::fail(size_t index, const std::exception_ptr& error) {
  if (Call* const only = flights_[index].only_call()) {
    only->error = error;
    leave_out(*only);
    settle(*only, Reject::failed);
    return;
  }
  // Each call again, alone, also when only one of them is still waited for: the other may have been
  // the one to blame.
  const Flight shared = std::exchange(flights_[index], {});
  std::vector<Call*> calls;
  for (size_t i = 0; i < shared.parts.size(); ++i) {
    const Flight::Part& part = shared.parts[i];
    if (part.call == nullptr) continue;
    auto place =
        static_cast<size_t>(std::find(calls.begin(), calls.end(), part.call) - calls.begin());
    if (place == calls.size()) {
      calls.push_back(part.call);
      flights_.emplace_back();
    }
    Flight& alone = flights_[flights_.size() - calls.size() + place];
    append_sequence(shared.batch, static_cast<int64_t>(i), alone.batch);
    alone.parts.push_back(part);
  }
}

// Whether the call is over before the rest of it was computed.
bool BatchQueue::dropped(Call& call, Clock::time_point now) {
  const bool cancelled = call.context.is_cancelled();
  if (!cancelled && !call.context.expired(now)) return false;
  leave_out(call);
  settle(call, cancelled ? Reject::cancelled : Reject::deadline);
  return true;
}

// Takes out what waits of a call, and what of it is being computed loses its receiver.
void BatchQueue::leave_out(Call& call) {
  if (call.next < call.batch.sequences()) {
    order_.remove(call.flow, &call);
    --waiting_.calls;
    for (; call.next < call.batch.sequences(); ++call.next) {
      --waiting_.sequences;
      waiting_.tokens -= length_of(call.batch, call.next);
    }
  }
  for (Flight& flight : flights_) {
    for (Flight::Part& part : flight.parts) {
      if (part.call == &call) part.call = nullptr;
    }
  }
}

void BatchQueue::settle(Call& call, std::optional<Reject> reject) {
  call.settled = true;
  call.reject = reject;
  settled_.push_back(&call);
  if (reject) rejected_.push_back(*reject);
}

// Tells callers that they are settled, without the lock: they would wake up only to wait for it, or
// come back with their next call.
void BatchQueue::announce(std::unique_lock<std::mutex>& lock) {
  std::vector<Call*> settled;
  std::vector<Reject> rejected;
  settled.swap(settled_);
  rejected.swap(rejected_);
  lock.unlock();
  for (Call* call : settled) {
    if (call->async == nullptr) {
      call->answered.set();
    } else {
      const std::unique_ptr<AsyncCall> async(call->async);
      // As one that waits would have left at its deadline.
      if (!call->reject && call->context.expired(Clock::now())) report(Reject::deadline);
      async->done(outcome_of(async->call));
    }
  }
  for (const Reject reject : rejected) report(reject);
  lock.lock();
}

void BatchQueue::report(Reject reject) const {
  for (const auto& observer : observers_) observer->on_reject(reject);
}

}  // namespace jnlp
