#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace jnlp::http {

/// Threads for jobs that may wait, and a bounded queue before them. A thread is started when a job
/// finds none free, up to the maximum.
class RequestPool {
 public:
  RequestPool(int max_threads, size_t max_queued);
  ~RequestPool() { stop(); }
  RequestPool(const RequestPool&) = delete;
  RequestPool& operator=(const RequestPool&) = delete;

  /// False when all threads are busy and the queue is full, or after stop().
  bool try_submit(std::function<void()> job);
  /// Whatever the queue holds. Dropped after stop().
  void submit(std::function<void()> job);
  /// Takes no more jobs and waits for those it has.
  void stop();

  size_t queued() const;
  size_t busy() const;

 private:
  void add(std::function<void()> job, std::unique_lock<std::mutex> lock);
  void work();

  const size_t max_threads_;
  const size_t max_queued_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
  size_t busy_ = 0;  // threads that run a job
  bool is_stopping_ = false;
};

}  // namespace jnlp::http
