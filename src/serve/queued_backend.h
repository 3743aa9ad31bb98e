#pragma once

#include <memory>
#include <utility>

#include "serve/batch_queue.h"

namespace jnlp {

/// A task class's own view of a queue that many share: the classes in tasks/ run over it as over
/// any backend. Like them, one thread at a time.
class QueuedBackend : public Backend {
 public:
  explicit QueuedBackend(std::shared_ptr<BatchQueue> queue) : queue_(std::move(queue)) {}

  /// For the calls of run() that follow.
  void set_context(const WorkContext& context) { context_ = context; }

  Head head() const override { return queue_->backend().head(); }
  int64_t output_size() const override { return queue_->backend().output_size(); }
  int64_t max_sequence_length() const override { return queue_->backend().max_sequence_length(); }
  std::string description() const override { return queue_->backend().description(); }
  /// @throws Error as BatchQueue::run.
  Output run(const Batch& batch) override { return queue_->run(batch, context_); }

 private:
  std::shared_ptr<BatchQueue> queue_;
  WorkContext context_;
};

}  // namespace jnlp
