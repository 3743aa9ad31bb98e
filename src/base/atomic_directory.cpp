#include "base/atomic_directory.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <system_error>

#include "base/error.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

void check(const std::error_code& error, const char* action, const fs::path& path) {
  if (!error) return;
  throw Error(ErrorCode::io,
              fmt::format("cannot {} {}: {}", action, path.string(), error.message()));
}

fs::path without_slash(const fs::path& path) {
  return path.has_filename() ? path : path.parent_path();
}

bool is_mount_point(const fs::path& path) {
  struct stat own {};
  struct stat parent {};
  return ::stat(path.c_str(), &own) == 0 && ::stat(path.parent_path().c_str(), &parent) == 0 &&
         own.st_dev != parent.st_dev;
}

}  // namespace

AtomicDirectory::AtomicDirectory(const fs::path& path)
    : path_(without_slash(fs::absolute(path).lexically_normal())) {
  // It cannot be renamed: better to know before any work.
  if (is_mount_point(path_)) {
    throw Error(ErrorCode::io, fmt::format("{} is a mount point and cannot be replaced; name a "
                                           "folder inside it",
                                           path_.string()));
  }
  static std::atomic<unsigned> counter{0};
  temporary_path_ = fmt::format("{}.tmp-{}-{}", path_.string(), ::getpid(), counter++);
  std::error_code error;
  fs::create_directories(temporary_path_, error);
  check(error, "create a temporary folder for", path_);
}

AtomicDirectory::~AtomicDirectory() {
  std::error_code ignored;
  if (!committed_) fs::remove_all(temporary_path_, ignored);
}

void AtomicDirectory::commit() {
  std::error_code error;
  const fs::path old = temporary_path_.string() + ".old";
  const bool replaces = fs::exists(path_, error);
  if (replaces) fs::rename(path_, old, error);
  check(error, "replace", path_);
  fs::rename(temporary_path_, path_, error);
  if (error && replaces) {
    std::error_code ignored;
    fs::rename(old, path_, ignored);
  }
  check(error, "rename a folder to", path_);
  committed_ = true;
  fs::remove_all(old, error);
}

}  // namespace jnlp
