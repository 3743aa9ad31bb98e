#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace jnlp {

/// Writes lines on a thread of its own, so that nobody who has something to say waits for whoever
/// reads the log: a pipe that nobody empties would stop the server otherwise. What does not fit
/// into the memory for it is dropped; how many lines that were is said as soon as there is room
/// again. A line may wait a fiftieth of a second for others. Thread-safe.
class LogWriter {
 public:
  /// `fd` stays open and is not closed; what cannot be written to it is lost.
  explicit LogWriter(int fd, size_t max_bytes = size_t{1} << 20);
  /// Writes what is left, unless it does not get rid of it for a second.
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  /// `line` with its end.
  void write(std::string_view line);

 private:
  void work();
  bool put(std::string_view text);
  bool wait_for_room();

  const int fd_;
  const size_t max_bytes_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::string lines_;
  uint64_t dropped_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace jnlp
