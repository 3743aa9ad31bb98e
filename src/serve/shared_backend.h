#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "backends/backend.h"

namespace jnlp {

/// One loaded model for several queues, whose batches take turns: a backend serves one thread at a
/// time.
class SharedBackend : public Backend {
 public:
  explicit SharedBackend(std::shared_ptr<Backend> backend) : backend_(std::move(backend)) {}

  Head head() const override { return backend_->head(); }
  int64_t output_size() const override { return backend_->output_size(); }
  int64_t max_sequence_length() const override { return backend_->max_sequence_length(); }
  std::string description() const override { return backend_->description(); }
  Output run(const Batch& batch) override {
    const Turn turn(*this);
    return backend_->run(batch);
  }

 private:
  // In the order they came, which a mutex does not promise: a busy queue would take it again and
  // again.
  class Turn {
   public:
    explicit Turn(SharedBackend& shared) : shared_(shared) {
      std::unique_lock lock(shared_.mutex_);
      const uint64_t ticket = shared_.next_++;
      shared_.ended_.wait(lock, [&] { return shared_.current_ == ticket; });
    }
    ~Turn() {
      const std::lock_guard lock(shared_.mutex_);
      ++shared_.current_;
      shared_.ended_.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    SharedBackend& shared_;
  };

  const std::shared_ptr<Backend> backend_;
  std::mutex mutex_;
  std::condition_variable ended_;
  uint64_t next_ = 0;
  uint64_t current_ = 0;
};

}  // namespace jnlp
