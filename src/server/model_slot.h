#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/error.h"
#include "http/error_status.h"

namespace jnlp {

/// Where a model is put once it is loaded, by another thread than those that use it, and from where
/// it goes again.
template <typename Service>
class ModelSlot {
 public:
  explicit ModelSlot(std::string task) : task_(std::move(task)) {}

  void set(std::shared_ptr<Service> service) { replace(std::move(service), ""); }
  /// From now on there is no model, and why.
  void set_missing(std::string reason) { replace(nullptr, std::move(reason)); }

  /// Null when there is none.
  std::shared_ptr<Service> find() const {
    const std::lock_guard lock(mutex_);
    return service_;
  }
  /// @throws http::HttpError 503 while the model is loading, 501 when there is none.
  std::shared_ptr<Service> get() const {
    const std::lock_guard lock(mutex_);
    if (service_ != nullptr) return service_;
    if (!missing_.empty()) {
      throw http::HttpError(501, ErrorCode::unsupported, task_ + ": " + missing_);
    }
    throw http::HttpError(503, ErrorCode::overloaded,
                          "the model for " + task_ + " is still being loaded", 1);
  }
  const std::string& task() const { return task_; }

 private:
  // Requests that have the model before finish with it. If none has, it is freed here, without the
  // lock: that takes a while.
  void replace(std::shared_ptr<Service> service, std::string missing) {
    const std::lock_guard lock(mutex_);
    service_.swap(service);
    missing_.swap(missing);
  }

  const std::string task_;
  mutable std::mutex mutex_;
  std::shared_ptr<Service> service_;
  std::string missing_;
};

}  // namespace jnlp
