#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/cpu_budget.h"
#include "base/cpu_share.h"
#include "base/fair_mutex.h"

namespace jnlp {

/// A fixed set of threads that run one loop at a time. The calling thread works too, so a pool of
/// size 1 starts no thread and costs nothing. One pool is made per process and passed down; where
/// there are several, those at work divide the CPUs among them.
/// Workers watch for the next loop for a short while, then sleep.
// Padding keeps what different threads write in cache lines of its own.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding)
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

  int size() const { return size_; }

  /// Calls `body(task, worker)` once for each task in [0, tasks), in no order, `worker` in
  /// [0, size()) naming the thread within this loop; returns when all are done. Which thread takes
  /// a task never changes a result of ours: a task computes alone. `body` must not call into the
  /// same pool and must not throw. Calls from several threads take turns.
  void parallel_for(int64_t tasks, const std::function<void(int64_t task, int worker)>& body);

  /// Work of many loops with the pool to itself, for example a forward pass. Callers of one pool
  /// get their turns in the order they came, and while turns of several pools run, each pool uses
  /// its share of the CPUs only. A thread must not begin a second turn at the same pool.
  class Turn {
   public:
    explicit Turn(ThreadPool& pool);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    ThreadPool& pool_;
    std::optional<CpuShare> at_work_;  // from when it has its turn
  };

 private:
  static constexpr size_t kCacheLine = 64;

  int share() const;
  int64_t take_task(uint64_t& seen, uint64_t entering);
  void work(int worker);
  bool wait_for_loop(int worker);
  bool may_join(int worker) const;
  bool any_asleep(int share) const;

  std::vector<std::thread> workers_;
  const int size_;  // not workers_.size(): workers read it while others are still being started
  const int cpus_;  // of the process, to be divided among pools
  std::atomic<bool> stopping_{false};

  // The running loop, in one cache line: the worker that sees it has all it needs. Body and number
  // of tasks are written while no task is left and nobody is inside.
  alignas(kCacheLine) std::atomic<uint64_t> loop_{0};  // tasks left; above them, workers inside
  const std::function<void(int64_t, int)>* body_ = nullptr;
  int64_t tasks_ = 0;

  alignas(kCacheLine) std::vector<std::atomic<bool>> asleep_;  // by worker
  std::mutex mutex_;
  std::condition_variable wake_;

  alignas(kCacheLine) std::mutex loop_mutex_;  // held by the caller whose loop is running
  FairMutex turn_;
};

}  // namespace jnlp
