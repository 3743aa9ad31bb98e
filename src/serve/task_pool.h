#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "serve/queued_backend.h"
#include "tasks/model.h"

namespace jnlp {

/// Instances of a task class (TextClassifier, QuestionAnswerer, ...) over one queue, since each
/// serves one thread at a time and making one copies the model's config.json. They are made when
/// needed and kept, so there are never more than threads that held one at the same time.
/// Thread-safe; must outlive its leases.
template <typename Task>
class TaskPool {
  struct Instance {
    std::shared_ptr<QueuedBackend> backend;
    Task task;
  };

 public:
  /// An instance for one request; goes back when it is destroyed.
  class Lease {
   public:
    Lease(TaskPool& pool, std::unique_ptr<Instance> instance)
        : pool_(pool), instance_(std::move(instance)) {}
    ~Lease() {
      instance_->backend->set_context({});
      const std::lock_guard lock(pool_.mutex_);
      pool_.idle_.push_back(std::move(instance_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    Task& operator*() const { return instance_->task; }
    Task* operator->() const { return &instance_->task; }

   private:
    TaskPool& pool_;
    std::unique_ptr<Instance> instance_;
  };

  /// `model.backend` is not used; `queue` runs it. Makes the first instance, to fail early.
  /// @throws Error what the task's constructor throws.
  TaskPool(LoadedModel model, std::shared_ptr<BatchQueue> queue)
      : model_(std::move(model)), queue_(std::move(queue)) {
    model_.backend.reset();
    idle_.push_back(make());
  }

  /// The lease's task runs with this context.
  [[nodiscard]] Lease take(const WorkContext& context) {
    std::unique_ptr<Instance> instance;
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        instance = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    if (instance == nullptr) instance = make();
    instance->backend->set_context(context);
    return Lease(*this, std::move(instance));
  }

 private:
  std::unique_ptr<Instance> make() const {
    auto backend = std::make_shared<QueuedBackend>(queue_);
    LoadedModel model = model_;
    model.backend = backend;
    return std::unique_ptr<Instance>(new Instance{backend, Task(std::move(model))});
  }

  LoadedModel model_;
  const std::shared_ptr<BatchQueue> queue_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Instance>> idle_;
};

}  // namespace jnlp
