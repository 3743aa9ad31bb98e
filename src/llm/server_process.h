#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace jnlp {

/// The processes that listen on the port of a server on this machine, from /proc: none when the
/// address means another machine, the processes are another user's, or what listens only passes on
/// (a container's port, a tunnel).
std::vector<pid_t> listening_processes(const std::string& url);

/// The processes and all their descendants.
std::vector<pid_t> with_descendants(const std::vector<pid_t>& processes);

/// Highest memory of a server on this machine: the sum of the resident bytes (VmRSS) of the
/// processes that listen there and of their descendants, looked at every 50 ms while a Watch lives
/// and at its end. Shared pages count in each of them.
class ServerMemory {
 public:
  explicit ServerMemory(std::string url) : url_(std::move(url)) {}

  /// Forgets the peak.
  void restart() { peak_.reset(); }
  /// Absent when no process was found.
  std::optional<int64_t> peak() const { return peak_; }

  /// Looks for as long as it lives, on a thread of its own. One at a time.
  class Watch {
   public:
    explicit Watch(ServerMemory* memory);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    void run();

    ServerMemory* memory_;
    std::mutex mutex_;
    std::condition_variable ending_;
    bool ended_ = false;
    std::thread thread_;
  };

 private:
  void find_processes();
  void look();

  std::string url_;
  std::vector<pid_t> listeners_;
  std::vector<pid_t> processes_;
  std::optional<int64_t> peak_;
};

}  // namespace jnlp
