#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace jnlp {
namespace {

[[noreturn]] void fail_io(std::string_view action, const std::filesystem::path& path) {
  const int error = errno;
  const ErrorCode code = error == ENOENT ? ErrorCode::not_found : ErrorCode::io;
  throw Error(code, fmt::format("cannot {} {}: {}", action, path.string(), std::strerror(error)));
}

// Closes on every way out of read_file.
struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

std::string name_of(int descriptor) {
  return fmt::format("/proc/self/fd/{}", descriptor);
}

// A file without a name in the folder of `path`, which can be given that name later; -1 where that
// cannot be done: the file system or the kernel has no such files, /proc is not there, or the name
// is taken or cannot be one.
int open_nameless(const std::filesystem::path& path) {
  if (::access(path.c_str(), F_OK) == 0 || errno != ENOENT) return -1;
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const int descriptor = ::open(folder.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
  if (descriptor < 0) return -1;
  if (::access(name_of(descriptor).c_str(), F_OK) == 0) return descriptor;
  ::close(descriptor);
  return -1;
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.value < 0) fail_io("open", path);
  struct stat info {};
  if (::fstat(file.value, &info) != 0) fail_io("read", path);
  if (S_ISDIR(info.st_mode)) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} is a directory, a file is needed", path.string()));
  }
  std::string bytes;
  bytes.resize(static_cast<size_t>(info.st_size) + 1);
  size_t length = 0;
  for (;;) {
    // The size is only a hint: pipes and /proc files say 0, and a file may grow while it is read.
    if (length == bytes.size()) bytes.resize(std::max<size_t>(bytes.size() * 2, 65536));
    const ssize_t count = ::read(file.value, bytes.data() + length, bytes.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_io("read", path);
    if (count == 0) break;
    length += static_cast<size_t>(count);
  }
  bytes.resize(length);
  return bytes;
}

AtomicFile::AtomicFile(std::filesystem::path path, Temporary temporary) : path_(std::move(path)) {
  static std::atomic<unsigned> counter{0};
  temporary_path_ = fmt::format("{}.tmp-{}-{}", path_.string(), ::getpid(), counter++);
  if (temporary == Temporary::nameless) descriptor_ = open_nameless(temporary_path_);
  nameless_ = descriptor_ >= 0;
  if (nameless_) return;
  descriptor_ = ::open(temporary_path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail_io("create a temporary file for", path_);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  if (!nameless_) ::unlink(temporary_path_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_io("write", path_);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail_io("flush", path_);
  if (nameless_) {
    // A link cannot replace a file, so the file gets its temporary name first.
    if (::linkat(AT_FDCWD, name_of(descriptor_).c_str(), AT_FDCWD, temporary_path_.c_str(),
                 AT_SYMLINK_FOLLOW) != 0) {
      fail_io("name", path_);
    }
    nameless_ = false;
  }
  if (::rename(temporary_path_.c_str(), path_.c_str()) != 0) fail_io("rename onto", path_);
  ::close(descriptor_);
  descriptor_ = -1;
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace jnlp
