#include "base/thread_pool.h"

#include <sched.h>

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace jnlp {
namespace {

// Long enough to bridge the gaps between the layers of one forward pass (a few microseconds),
// short enough not to heat an idle device.
constexpr int kSpinRounds = 4000;
// A caller that waits longer than this gives its CPU away: the worker may not have one.
constexpr int kSpinsBeforeYield = 1000;
// Halves of ThreadPool::loop_.
constexpr uint64_t kOneInside = uint64_t{1} << 48;
constexpr uint64_t kTasksLeft = kOneInside - 1;

void pause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

void pin_to(const std::vector<int>& cpus) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  for (const int cpu : cpus) {
    if (cpu < CPU_SETSIZE) CPU_SET(cpu, &mask);
  }
  // May fail when the cpuset has changed; then the thread stays where it may be.
  sched_setaffinity(0, sizeof(mask), &mask);
}

}  // namespace

ThreadPool::ThreadPool(int threads) : ThreadPool(threads, cpu_budget()) {}

ThreadPool::ThreadPool(int threads, const CpuBudget& budget)
    : size_(threads > 0 ? threads : budget.threads),
      cpus_(budget.threads),
      asleep_(static_cast<size_t>(size_)) {
  // Workers sleep and wake often, and a scheduler may wake them on a slow CPU, for which all others
  // would then wait. Where CPUs are alike, or more threads were asked for, it knows better than we.
  const bool pin = budget.slow_left_out && size_ <= static_cast<int>(budget.cpus.size());
  for (int worker = 1; worker < size_; ++worker) {
    workers_.emplace_back([this, worker, cpus = pin ? budget.cpus : std::vector<int>()] {
      if (!cpus.empty()) pin_to(cpus);
      work(worker);
    });
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

// The threads that a loop may use now.
int ThreadPool::share() const {
  return CpuShare::of(size_, cpus_);
}

void ThreadPool::parallel_for(int64_t tasks, const std::function<void(int64_t, int)>& body) {
  const int share = this->share();
  if (share <= 1 || tasks <= 1) {
    for (int64_t task = 0; task < tasks; ++task) body(task, 0);
    return;
  }
  const std::lock_guard lock(loop_mutex_);
  body_ = &body;
  tasks_ = tasks;
  // The first task is ours. The three stores follow each other closely, so that a worker that
  // watches does not take the cache line away between them. Sequentially consistent, as what
  // wait_for_loop() does: either a worker sees the loop before it sleeps, or we see that it sleeps.
  loop_.store(static_cast<uint64_t>(tasks - 1));
  if (any_asleep(share)) {
    { const std::lock_guard sleep_lock(mutex_); }
    wake_.notify_all();
  }
  uint64_t seen = static_cast<uint64_t>(tasks - 1);
  for (int64_t task = 0; task >= 0; task = take_task(seen, 0)) body(task, 0);
  // No task is left, so nobody joins; whoever did is at its last one.
  for (int spins = 0; loop_.load(std::memory_order_acquire) != 0; ++spins) {
    if (spins < kSpinsBeforeYield) {
      pause();
    } else {
      std::this_thread::yield();
    }
  }
}

// A task of the running loop, -1 if none is left. `seen` is the value of loop_ as last seen in this
// loop: going by it instead of loading it anew fetches the cache line for writing at once.
int64_t ThreadPool::take_task(uint64_t& seen, uint64_t entering) {
  while ((seen & kTasksLeft) != 0) {
    const uint64_t taken = seen - 1 + entering;
    if (loop_.compare_exchange_weak(seen, taken, std::memory_order_acq_rel,
                                    std::memory_order_relaxed)) {
      seen = taken;
      return tasks_ - 1 - static_cast<int64_t>(seen & kTasksLeft);
    }
  }
  return -1;
}

// The loop first: whoever sees it sees also the turns that began before it.
bool ThreadPool::may_join(int worker) const {
  return (loop_.load() & kTasksLeft) != 0 && worker < share();
}

// Those beyond the share do not count: they are often awake for a moment only, to see that.
bool ThreadPool::any_asleep(int share) const {
  for (int worker = 1; worker < share; ++worker) {
    if (asleep_[static_cast<size_t>(worker)].load()) return true;
  }
  return false;
}

// Whether there is a loop to join; false also after having slept.
bool ThreadPool::wait_for_loop(int worker) {
  // A worker beyond the share leaves its CPU to the other pool at once.
  for (int round = 0; round < kSpinRounds && worker < share(); ++round) {
    if (may_join(worker)) return true;
    if (stopping_.load(std::memory_order_relaxed)) return false;
    pause();
  }
  std::unique_lock lock(mutex_);
  asleep_[static_cast<size_t>(worker)].store(true);
  // Woken for a loop that is over by then, a worker is awake for the next.
  if (!may_join(worker) && !stopping_) wake_.wait(lock);
  asleep_[static_cast<size_t>(worker)].store(false);
  return false;
}

void ThreadPool::work(int worker) {
  while (!stopping_.load(std::memory_order_relaxed)) {
    if (!wait_for_loop(worker)) continue;
    // Joins with its first task: only a loop that is not over can be joined, and the caller waits
    // only for workers that did, never for one still asleep.
    uint64_t seen = loop_.load(std::memory_order_relaxed);
    int64_t task = take_task(seen, kOneInside);
    if (task < 0) continue;
    for (; task >= 0; task = take_task(seen, 0)) (*body_)(task, worker);
    loop_.fetch_sub(kOneInside, std::memory_order_acq_rel);
  }
}

ThreadPool::Turn::Turn(ThreadPool& pool) : pool_(pool) {
  pool_.turn_.lock();
  at_work_.emplace(pool_.size_);
}

ThreadPool::Turn::~Turn() {
  at_work_.reset();
  pool_.turn_.unlock();
}

}  // namespace jnlp
