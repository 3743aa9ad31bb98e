#include "cli/line_reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace jnlp {
namespace {

constexpr size_t kChunkBytes = size_t{64} << 10;

int open_input(const std::filesystem::path& path) {
  if (path == "-") return STDIN_FILENO;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const int reason = errno;
    throw Error(reason == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                fmt::format("cannot read {}: {}", path.string(), std::strerror(reason)));
  }
  return descriptor;
}

}  // namespace

LineReader::LineReader(const std::filesystem::path& path)
    : name_(path == "-" ? "standard input" : path.string()), descriptor_(open_input(path)) {}

LineReader::~LineReader() {
  if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
}

bool LineReader::fill() {
  if (at_end_) return false;
  buffer_.erase(0, begin_);
  begin_ = 0;
  const size_t size = buffer_.size();
  buffer_.resize(size + kChunkBytes);
  ssize_t got = 0;
  do {
    got = ::read(descriptor_, buffer_.data() + size, kChunkBytes);
  } while (got < 0 && errno == EINTR);
  buffer_.resize(size + (got > 0 ? static_cast<size_t>(got) : 0));
  if (got < 0) {
    throw Error(errno == EISDIR ? ErrorCode::invalid_input : ErrorCode::io,
                fmt::format("cannot read {}: {}", name_, std::strerror(errno)));
  }
  if (bytes_read_ == 0) drop_byte_order_mark();
  bytes_read_ += got;
  at_end_ = got == 0;
  return !at_end_;
}

void LineReader::drop_byte_order_mark() {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (buffer_.starts_with(kMark)) buffer_.erase(0, kMark.size());
}

bool LineReader::next(std::string* line) {
  size_t searched = begin_;
  size_t end = std::string::npos;
  while ((end = buffer_.find('\n', searched)) == std::string::npos) {
    searched = buffer_.size() - begin_;  // fill() moves what is left to the front
    if (searched > kMaxLineBytes) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("{}, line {}: longer than {} MiB; split it", name_, line_number_ + 1,
                              kMaxLineBytes >> 20));
    }
    if (!fill()) break;
  }
  if (end == std::string::npos) {
    if (begin_ == buffer_.size()) return false;
    end = buffer_.size();
  }
  line->assign(buffer_, begin_, end - begin_);
  if (line->ends_with('\r')) line->pop_back();
  begin_ = std::min(end + 1, buffer_.size());
  ++line_number_;
  return true;
}

bool LineReader::next_is(char c) {
  size_t place = begin_;
  while ((place = buffer_.find_first_not_of(" \t\r\n", place)) == std::string::npos) {
    place = buffer_.size() - begin_;  // fill() moves what is left to the front
    if (place > kMaxLineBytes || !fill()) return false;
  }
  return buffer_[place] == c;
}

std::string LineReader::rest() {
  while (fill()) {
    if (buffer_.size() > kMaxLineBytes) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("{} is longer than {} MiB; split it", name_, kMaxLineBytes >> 20));
    }
  }
  std::string text = buffer_.substr(begin_);
  begin_ = buffer_.size();
  return text;
}

bool LineReader::ready() {
  if (at_end_ || buffer_.find('\n', begin_) != std::string::npos) return true;
  pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, 0) != 0;
}

}  // namespace jnlp
