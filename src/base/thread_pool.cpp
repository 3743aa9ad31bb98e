#include "base/thread_pool.h"

#include <sched.h>

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
constexpr uint32_t kOpen = uint32_t{1} << 31;

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

ThreadPool::ThreadPool(int threads, const CpuBudget& budget) {
  if (threads <= 0) threads = budget.threads;
  // Workers sleep and wake often, and a scheduler may wake them on a slow CPU, for which all others
  // would then wait. Where CPUs are alike, or more threads were asked for, it knows better than we.
  const bool pin = budget.slow_left_out && threads <= static_cast<int>(budget.cpus.size());
  for (int worker = 1; worker < threads; ++worker) {
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

void ThreadPool::parallel_for(int64_t tasks, const std::function<void(int64_t, int)>& body) {
  if (workers_.empty() || tasks <= 1) {
    for (int64_t task = 0; task < tasks; ++task) body(task, 0);
    return;
  }
  const std::lock_guard turn(turn_);
  body_ = &body;
  tasks_ = tasks;
  next_task_.store(0, std::memory_order_relaxed);
  gate_.store(kOpen, std::memory_order_release);
  // Sequentially consistent, as in wait_for_loop(): either the worker sees the new loop before it
  // sleeps, or we see that it sleeps.
  loops_.fetch_add(1);
  if (sleeping_.load() > 0) {
    { const std::lock_guard lock(mutex_); }
    wake_.notify_all();
  }
  run_tasks(0);
  gate_.fetch_and(~kOpen, std::memory_order_acq_rel);
  for (int spins = 0; gate_.load(std::memory_order_acquire) != 0; ++spins) {
    if (spins < kSpinsBeforeYield) {
      pause();
    } else {
      std::this_thread::yield();
    }
  }
}

void ThreadPool::run_tasks(int worker) {
  for (;;) {
    const int64_t task = next_task_.fetch_add(1, std::memory_order_relaxed);
    if (task >= tasks_) return;
    (*body_)(task, worker);
  }
}

bool ThreadPool::try_enter() {
  uint32_t gate = gate_.load(std::memory_order_relaxed);
  while ((gate & kOpen) != 0) {
    if (gate_.compare_exchange_weak(gate, gate + 1, std::memory_order_acq_rel)) return true;
  }
  return false;
}

void ThreadPool::wait_for_loop(uint64_t seen) {
  for (int round = 0; round < kSpinRounds; ++round) {
    if (loops_.load(std::memory_order_acquire) != seen || stopping_.load()) return;
    pause();
  }
  std::unique_lock lock(mutex_);
  sleeping_.fetch_add(1);
  wake_.wait(lock, [&] { return loops_.load() != seen || stopping_.load(); });
  sleeping_.fetch_sub(1);
}

void ThreadPool::work(int worker) {
  uint64_t seen = 0;
  for (;;) {
    wait_for_loop(seen);
    if (stopping_) return;
    seen = loops_.load(std::memory_order_acquire);
    // The loop that woke us may be over; then there is nothing to do, or already the next one.
    if (!try_enter()) continue;
    run_tasks(worker);
    gate_.fetch_sub(1, std::memory_order_acq_rel);
  }
}

}  // namespace jnlp
