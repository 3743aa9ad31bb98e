#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace jnlp {

/// A mutex that its takers get in the order they came, which std::mutex does not promise: a thread
/// that lets go of that one and comes back at once may take it again and again.
class FairMutex {
 public:
  void lock() {
    std::unique_lock lock(mutex_);
    const uint64_t ticket = next_++;
    ended_.wait(lock, [&] { return current_ == ticket; });
  }
  void unlock() {
    {
      const std::lock_guard lock(mutex_);
      ++current_;
    }
    ended_.notify_all();
  }

 private:
  std::mutex mutex_;  // guards what follows
  std::condition_variable ended_;
  uint64_t next_ = 0;
  uint64_t current_ = 0;
};

}  // namespace jnlp
