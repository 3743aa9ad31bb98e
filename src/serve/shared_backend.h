#pragma once

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
    const std::lock_guard lock(mutex_);
    return backend_->run(batch);
  }

 private:
  const std::shared_ptr<Backend> backend_;
  std::mutex mutex_;
};

}  // namespace jnlp
