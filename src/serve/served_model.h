#pragma once

#include <memory>
#include <utility>

#include "serve/admission.h"
#include "serve/batch_queue.h"
#include "serve/cost_model.h"
#include "serve/task_pool.h"

namespace jnlp {

struct ServeOptions {
  QueueOptions queue = {};
  AdmissionOptions admission = {};
};

/// A loaded model with all that many threads need to use it for one task: admit a request, take an
/// instance, run it.
template <typename Task>
class ServedModel {
 public:
  /// Runs warm-up batches. `observer` may be null.
  /// @throws Error what the task's constructor and the backend throw.
  explicit ServedModel(LoadedModel model, const ServeOptions& options = {},
                       std::shared_ptr<QueueObserver> observer = nullptr)
      : cost_(std::make_shared<CostModel>()),
        admission_(cost_, options.queue.limits, options.admission) {
    warm_up(*model.backend, options.queue.limits, *cost_);
    std::vector<std::shared_ptr<QueueObserver>> observers = {cost_};
    if (observer != nullptr) observers.push_back(std::move(observer));
    queue_ = std::make_shared<BatchQueue>(model.backend, options.queue, std::move(observers));
    pool_ = std::make_unique<TaskPool<Task>>(std::move(model), queue_);
  }

  /// @throws Overloaded.
  [[nodiscard]] Admission::Ticket admit(const Work& work, const WorkContext& context) {
    return admission_.admit(work, context.deadline);
  }
  [[nodiscard]] typename TaskPool<Task>::Lease take(const WorkContext& context) {
    return pool_->take(context);
  }
  /// As BatchQueue::submit(): for one who has prepared the work with an instance.
  void submit(Batch batch, const WorkContext& context, BatchQueue::Done done) {
    queue_->submit(std::move(batch), context, std::move(done));
  }
  /// Refuses new work and returns when what was accepted is answered.
  void drain() { queue_->drain(); }

  const BatchQueue& queue() const { return *queue_; }
  const Admission& admission() const { return admission_; }

 private:
  std::shared_ptr<CostModel> cost_;
  Admission admission_;
  std::shared_ptr<BatchQueue> queue_;
  std::unique_ptr<TaskPool<Task>> pool_;
};

}  // namespace jnlp
