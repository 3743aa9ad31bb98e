#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/log_writer.h"

namespace jnlp {

/// Ends the process, with exit code 0, when an orderly end takes too long: a handler that does not
/// look whether somebody still waits, or a model that is being loaded, cannot be stopped. Destroyed
/// before that, it does nothing; so it must be made before all that an end has to wait for.
class LastResort {
 public:
  explicit LastResort(LogWriter& log) : log_(log) {}
  ~LastResort();
  LastResort(const LastResort&) = delete;
  LastResort& operator=(const LastResort&) = delete;

  void start(std::chrono::milliseconds time);

 private:
  LogWriter& log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_over_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace jnlp
