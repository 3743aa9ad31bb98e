#include "hub/partial_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <vector>

#include "base/error.h"

namespace jnlp {
namespace {

// -1 when `text` is not a number.
int64_t to_number(std::string_view text) {
  int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : -1;
}

// "bytes 100-299/300" -> 100; see RFC 9110, 14.4.
int64_t range_start(std::string_view content_range) {
  constexpr std::string_view kUnit = "bytes ";
  if (content_range.substr(0, kUnit.size()) != kUnit) return -1;
  content_range.remove_prefix(kUnit.size());
  return to_number(content_range.substr(0, content_range.find('-')));
}

}  // namespace

PartialFile::PartialFile(std::filesystem::path path, int64_t size, const std::string& checksum,
                         std::function<void(int64_t)> on_bytes)
    : path_(std::move(path)),
      size_(size),
      checksum_(checksum, size),
      on_bytes_(std::move(on_bytes)) {
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail("create");
  try {
    read_existing();
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

PartialFile::~PartialFile() {
  ::close(descriptor_);
}

void PartialFile::fail(std::string_view action) const {
  const int error = errno;
  std::string message =
      fmt::format("cannot {} {}: {}", action, path_.string(), std::strerror(error));
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    message += fmt::format(
        "; {} bytes more are needed: free some space or set HF_HUB_CACHE to another disk, then run "
        "the same command again to resume",
        size_ - bytes_);
  }
  throw Error(ErrorCode::io, message);
}

void PartialFile::read_existing() {
  struct stat info {};
  if (::fstat(descriptor_, &info) != 0) fail("read");
  if (info.st_size > size_) {
    restart();
    return;
  }
  std::vector<char> buffer(size_t{1} << 20);
  for (;;) {
    const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("read");
    if (count == 0) break;
    checksum_.update({buffer.data(), static_cast<size_t>(count)});
    bytes_ += count;
  }
  on_bytes_(bytes_);
}

void PartialFile::restart() {
  if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) < 0) fail("empty");
  checksum_.restart();
  bytes_ = 0;
  on_bytes_(bytes_);
}

void PartialFile::begin(int status, const HttpHeaders& headers) {
  if (status == 206) {
    const auto range = headers.find("content-range");
    if (range == headers.end() || range_start(range->second) != bytes_) {
      throw WrongContent{"the server sends another part of the file than was asked for"};
    }
  } else if (bytes_ > 0) {
    restart();  // the server ignores ranges
  }
  const auto length = headers.find("content-length");
  if (length == headers.end()) return;
  if (const int64_t count = to_number(length->second); count != size_ - bytes_) {
    throw WrongContent{fmt::format("the server sends {} bytes where its list says {}",
                                   length->second, size_ - bytes_)};
  }
}

void PartialFile::write(std::string_view bytes) {
  if (static_cast<int64_t>(bytes.size()) > size_ - bytes_) {
    throw WrongContent{fmt::format("the server sends more than the {} bytes of its list", size_)};
  }
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("write");
    checksum_.update(bytes.substr(0, static_cast<size_t>(count)));
    bytes_ += count;
    received_ += count;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  on_bytes_(bytes_);
}

void PartialFile::finish(const std::filesystem::path& target) {
  const std::string found = checksum_.finish();
  if (found != checksum_.expected()) {
    throw WrongContent{fmt::format("its checksum is {}, expected {}", found, checksum_.expected())};
  }
  if (::fsync(descriptor_) != 0) fail("flush");
  if (::rename(path_.c_str(), target.c_str()) != 0) fail("rename");
}

void PartialFile::remove() {
  ::unlink(path_.c_str());
}

}  // namespace jnlp
