#include "server/model_loading.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/stopwatch.h"
#include "http/error_status.h"

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

std::string status_line(const ModelLoading::Status& status) {
  if (status.state == ModelLoading::State::ready) {
    return fmt::format("  {:<14} {} ({:.0f} ms)", status.task, status.model, status.seconds * 1e3);
  }
  if (status.model == kNoModel) return fmt::format("  {:<14} unloaded", status.task);
  return fmt::format("  {:<14} not served: {}", status.task, status.reason);
}

// The right to change models, which one has at a time.
class ModelLoading::Turn {
 public:
  explicit Turn(ModelLoading& loading) : loading_(loading) {
    const std::lock_guard lock(loading_.mutex_);
    if (loading_.is_busy_) {
      throw http::HttpError(409, ErrorCode::invalid_input,
                            "another model is being loaded; try again when it is there", 1);
    }
    loading_.is_busy_ = true;
  }
  ~Turn() {
    const std::lock_guard lock(loading_.mutex_);
    loading_.is_busy_ = false;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  ModelLoading& loading_;
};

ModelLoading::ModelLoading(std::vector<ModelToLoad> models) : models_(std::move(models)) {
  for (const ModelToLoad& model : models_) {
    Status& status = statuses_.emplace_back();
    status.task = model.task;
    status.model = model.model;
  }
}

ModelLoading::~ModelLoading() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void ModelLoading::start() {
  thread_ = std::thread([this] { run(); });
}

std::vector<ModelLoading::Status> ModelLoading::statuses() const {
  const std::lock_guard lock(mutex_);
  return statuses_;
}

std::exception_ptr ModelLoading::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void ModelLoading::set(size_t index, const std::string& model, State state, double seconds,
                       const std::string& reason) {
  const std::lock_guard lock(mutex_);
  Status& status = statuses_[index];
  status = {.task = status.task,
            .model = model,
            .state = state,
            .seconds = seconds,
            .reason = reason,
            .next = "",
            .failed = ""};
}

void ModelLoading::load(size_t index) {
  const ModelToLoad& model = models_[index];
  if (model.model == kNoModel) {
    const std::string reason = "this server was started without a model for it";
    model.missing(reason);
    return set(index, kNoModel, State::missing, 0, reason);
  }
  const Stopwatch stopwatch;
  set(index, model.model, State::loading, 0, "");
  try {
    model.load(model.model);
    set(index, model.model, State::ready, stopwatch.seconds(), "");
  } catch (const std::exception& error) {
    model.missing(error.what());
    set(index, model.model, State::missing, stopwatch.seconds(), error.what());
    const std::lock_guard lock(mutex_);
    if (model.required && !failure_) failure_ = std::current_exception();
  }
}

void ModelLoading::run() {
  for (size_t i = 0; i < models_.size() && !stopping_; ++i) load(i);
  done_ = true;
  const std::lock_guard lock(mutex_);
  is_busy_ = false;
}

size_t ModelLoading::index_of(const std::string& task) const {
  std::string known;
  for (size_t i = 0; i < models_.size(); ++i) {
    if (models_[i].task == task) return i;
    known += (known.empty() ? "" : ", ") + models_[i].task;
  }
  throw http::HttpError(422, ErrorCode::invalid_input,
                        fmt::format("\"task\" is none of {}", known));
}

ModelLoading::Status ModelLoading::change(const std::string& task, const std::string& model) {
  const size_t index = index_of(task);
  const Turn turn(*this);
  if (model == kNoModel) {
    const std::string reason = "its model was unloaded";
    models_[index].missing(reason);
    set(index, kNoModel, State::missing, 0, reason);
  } else {
    swap(index, model);
  }
  const std::lock_guard lock(mutex_);
  return statuses_[index];
}

// On a failure all stays as it is, but for the note of it.
void ModelLoading::swap(size_t index, const std::string& model) {
  const auto note = [&](const std::string& next, const std::string& failed) {
    const std::lock_guard lock(mutex_);
    statuses_[index].next = next;
    statuses_[index].failed = failed;
  };
  const Stopwatch stopwatch;
  note(model, "");
  try {
    models_[index].load(model);
  } catch (const std::exception& error) {
    note("", fmt::format("{}: {}", model, error.what()));
    throw http::HttpError(422, ErrorCode::invalid_input,
                          fmt::format("cannot load {} for {}, which stays as it was: {}", model,
                                      models_[index].task, error.what()));
  }
  set(index, model, State::ready, stopwatch.seconds(), "");
}

}  // namespace jnlp
