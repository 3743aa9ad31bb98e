#include "http/request_pool.h"

#include <algorithm>

#include "base/thread_slice.h"

namespace jnlp::http {

RequestPool::RequestPool(int max_threads, size_t max_queued)
    : max_threads_(static_cast<size_t>(std::max(1, max_threads))), max_queued_(max_queued) {}

bool RequestPool::try_submit(std::function<void()> job) {
  std::unique_lock lock(mutex_);
  if (is_stopping_ || queue_.size() + busy_ >= max_threads_ + max_queued_) return false;
  add(std::move(job), std::move(lock));
  return true;
}

void RequestPool::submit(std::function<void()> job) {
  std::unique_lock lock(mutex_);
  if (!is_stopping_) add(std::move(job), std::move(lock));
}

void RequestPool::add(std::function<void()> job, std::unique_lock<std::mutex> lock) {
  queue_.push_back(std::move(job));
  const bool all_taken = queue_.size() + busy_ > threads_.size();
  if (all_taken && threads_.size() < max_threads_) {
    threads_.emplace_back([this] { work(); });
  }
  lock.unlock();
  wake_.notify_one();
}

void RequestPool::work() {
  prefer_short_slices();
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    std::function<void()> job = std::move(queue_.front());
    queue_.pop_front();
    ++busy_;
    lock.unlock();
    job();
    job = nullptr;  // what it holds is let go without the lock
    lock.lock();
    --busy_;
  }
}

void RequestPool::stop() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    threads.swap(threads_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

size_t RequestPool::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

size_t RequestPool::busy() const {
  const std::lock_guard lock(mutex_);
  return busy_;
}

}  // namespace jnlp::http
