#include "server/model_loading.h"

#include "base/error.h"
#include "base/stopwatch.h"

namespace jnlp {

const char* to_string(ModelLoading::State state) {
  switch (state) {
    case ModelLoading::State::waiting:
      return "waiting";
    case ModelLoading::State::loading:
      return "loading";
    case ModelLoading::State::ready:
      return "ready";
    case ModelLoading::State::missing:
      return "missing";
  }
  return "unknown";
}

ModelLoading::ModelLoading(std::vector<ModelToLoad> models) : models_(std::move(models)) {
  for (const ModelToLoad& model : models_) {
    Status& status = statuses_.emplace_back();
    status.task = model.task;
    status.model = model.model;
  }
  thread_ = std::thread([this] { run(); });
}

ModelLoading::~ModelLoading() {
  stopping_ = true;
  thread_.join();
}

std::vector<ModelLoading::Status> ModelLoading::statuses() const {
  const std::lock_guard lock(mutex_);
  return statuses_;
}

std::exception_ptr ModelLoading::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void ModelLoading::set(size_t index, State state, double seconds, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  statuses_[index].state = state;
  statuses_[index].seconds = seconds;
  statuses_[index].reason = reason;
}

void ModelLoading::load(size_t index) {
  const ModelToLoad& model = models_[index];
  const Stopwatch stopwatch;
  set(index, State::loading, 0, "");
  try {
    model.load();
    set(index, State::ready, stopwatch.seconds(), "");
  } catch (const std::exception& error) {
    model.missing(error.what());
    set(index, State::missing, stopwatch.seconds(), error.what());
    const std::lock_guard lock(mutex_);
    if (model.required && !failure_) failure_ = std::current_exception();
  }
}

void ModelLoading::run() {
  for (size_t i = 0; i < models_.size() && !stopping_; ++i) load(i);
  done_ = true;
}

}  // namespace jnlp
