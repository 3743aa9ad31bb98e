#include "hub/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace jnlp {
namespace {

constexpr mode_t kMode = 0664;  // a group may share a cache, as huggingface_hub allows it

[[noreturn]] void fail(const std::filesystem::path& path) {
  throw Error(ErrorCode::io,
              fmt::format("cannot lock {}: {}; set HF_HUB_CACHE to a folder on another disk",
                          path.string(), std::strerror(errno)));
}

// A holder may have removed the file before it let go: then we hold a lock nobody else will see.
bool is_still_there(int descriptor, const std::filesystem::path& path) {
  struct stat held {};
  struct stat named {};
  return ::fstat(descriptor, &held) == 0 && ::stat(path.c_str(), &named) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& path, const std::function<void()>& on_wait) {
  bool told = false;
  for (;;) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode);
    if (descriptor < 0) fail(path);
    int result = ::flock(descriptor, LOCK_EX | LOCK_NB);
    if (result != 0 && errno == EWOULDBLOCK) {
      if (on_wait && !told) on_wait();
      told = true;
      do {
        result = ::flock(descriptor, LOCK_EX);
      } while (result != 0 && errno == EINTR);
    }
    if (result != 0) {
      const int error = errno;
      ::close(descriptor);
      errno = error;
      fail(path);
    }
    if (is_still_there(descriptor, path)) {
      descriptor_ = descriptor;
      return;
    }
    ::close(descriptor);
  }
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace jnlp
