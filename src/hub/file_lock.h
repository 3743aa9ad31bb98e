#pragma once

#include <filesystem>
#include <functional>

namespace jnlp {

/// An exclusive flock(2) on a file, held until destruction; the kernel frees it when the process
/// dies. Works together with Python's filelock, which may remove the file on release.
class FileLock {
 public:
  /// Waits for another holder; `on_wait` is called once when it has to.
  /// @throws Error io when the file cannot be made or the file system has no locks.
  explicit FileLock(const std::filesystem::path& path, const std::function<void()>& on_wait = {});
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace jnlp
