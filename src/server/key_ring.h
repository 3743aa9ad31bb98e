#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "server/api_keys.h"

namespace jnlp {

/// The keys that hold now, which can be read anew while requests come. Thread-safe.
class KeyRing {
 public:
  /// Keys that come from no file: reload() changes nothing.
  explicit KeyRing(ApiKeys keys) : keys_(std::make_shared<const ApiKeys>(std::move(keys))) {}
  /// @throws Error as ApiKeys::from_file.
  explicit KeyRing(std::filesystem::path file)
      : file_(std::move(file)), keys_(std::make_shared<const ApiKeys>(ApiKeys::from_file(file_))) {}

  std::shared_ptr<const ApiKeys> current() const {
    const std::lock_guard lock(mutex_);
    return keys_;
  }

  /// Reads the file again; false when the keys come from none.
  /// @throws Error as ApiKeys::from_file; then the keys stay as they are.
  bool reload() {
    if (file_.empty()) return false;
    auto fresh = std::make_shared<const ApiKeys>(ApiKeys::from_file(file_));
    const std::lock_guard lock(mutex_);
    keys_.swap(fresh);
    return true;
  }

 private:
  const std::filesystem::path file_;
  mutable std::mutex mutex_;
  std::shared_ptr<const ApiKeys> keys_;
};

}  // namespace jnlp
