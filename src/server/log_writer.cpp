#include "server/log_writer.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

namespace jnlp {
namespace {

// What a pipe that has room at all takes without making the writer wait (PIPE_BUF).
constexpr size_t kPiece = 4096;
// Lines are written together: waking the thread for each would cost a busy server more than what it
// says.
constexpr std::chrono::milliseconds kGather{20};
constexpr size_t kMuch = size_t{64} << 10;
constexpr int kStepMs = 100;
constexpr int kStepsAtEnd = 10;

}  // namespace

LogWriter::LogWriter(int fd, size_t max_bytes)
    : fd_(fd), max_bytes_(max_bytes), thread_([this] { work(); }) {}

LogWriter::~LogWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void LogWriter::write(std::string_view line) {
  {
    const std::lock_guard lock(mutex_);
    if (lines_.size() + line.size() > max_bytes_) {
      ++dropped_;
      return;
    }
    const bool was_much = lines_.size() >= kMuch;
    const bool was_empty = lines_.empty();
    lines_ += line;
    const bool is_much = lines_.size() >= kMuch;
    if (!was_empty && is_much == was_much) return;  // the thread knows already
  }
  wake_.notify_one();
}

void LogWriter::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || !lines_.empty(); });
    if (lines_.empty()) return;
    wake_.wait_for(lock, kGather, [&] { return stopping_ || lines_.size() >= kMuch; });
    std::string lines = std::exchange(lines_, {});
    if (const uint64_t dropped = std::exchange(dropped_, 0); dropped > 0) {
      lines += fmt::format(
          "jetson-nlp: {} lines of the log were dropped: nobody read them in time\n", dropped);
    }
    lock.unlock();
    const bool written = put(lines);
    lock.lock();
    if (!written && stopping_) return;
  }
}

// False when it was given up.
bool LogWriter::put(std::string_view text) {
  while (!text.empty()) {
    if (!wait_for_room()) return false;
    const ssize_t size = ::write(fd_, text.data(), std::min(text.size(), kPiece));
    if (size < 0 && errno != EINTR && errno != EAGAIN) return false;  // closed, or the disk is full
    if (size > 0) text.remove_prefix(static_cast<size_t>(size));
  }
  return true;
}

bool LogWriter::wait_for_room() {
  for (int steps = 0; steps < kStepsAtEnd;) {
    pollfd waiting{.fd = fd_, .events = POLLOUT, .revents = 0};
    const int ready = poll(&waiting, 1, kStepMs);
    if (ready > 0 || (ready < 0 && errno != EINTR)) return true;  // write() says what is wrong
    const std::lock_guard lock(mutex_);
    if (stopping_) ++steps;
  }
  return false;
}

}  // namespace jnlp
