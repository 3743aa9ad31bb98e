#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/cpu_budget.h"

namespace jnlp {

/// A fixed set of threads that run one loop at a time. The calling thread works too, so a pool of
/// size 1 starts no thread and costs nothing. One pool is made per process and passed down.
/// Workers watch for the next loop for a short while, then sleep.
class ThreadPool {
 public:
  /// `threads` counts the caller; 0 means those of the budget. Where the budget leaves slower CPUs
  /// out and has one for each thread, the workers are bound to its CPUs (to all of them, not one
  /// each). The caller is not: its thread belongs to others, and a busy thread finds a fast CPU.
  explicit ThreadPool(int threads = 0);
  ThreadPool(int threads, const CpuBudget& budget);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls `body(task, worker)` once for each task in [0, tasks), in no order, `worker` in
  /// [0, size()) naming the thread; returns when all are done. Which thread takes a task never
  /// changes a result of ours: a task computes alone. `body` must not call into the same pool and
  /// must not throw. Calls from several threads take turns.
  void parallel_for(int64_t tasks, const std::function<void(int64_t task, int worker)>& body);

 private:
  void work(int worker);
  void run_tasks(int worker);
  bool try_enter();
  void wait_for_loop(uint64_t seen);

  std::vector<std::thread> workers_;
  std::mutex turn_;  // held by the caller whose loop is running

  // The running loop. Written by the caller while the gate is shut and nobody is inside.
  const std::function<void(int64_t, int)>* body_ = nullptr;
  int64_t tasks_ = 0;
  std::atomic<int64_t> next_task_{0};
  // kOpen while workers may join the loop, plus the number of workers inside. The caller shuts it
  // when no task is left, so it waits only for workers that did join, never for one still asleep.
  std::atomic<uint32_t> gate_{0};

  std::atomic<uint64_t> loops_{0};  // started so far; workers watch it
  std::atomic<int> sleeping_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
};

}  // namespace jnlp
