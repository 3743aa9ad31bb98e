#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace jnlp {

/// Set once by one thread, waited for by one other. A condition variable would need a lock to be
/// notified under, or would have to outlive its notifier; this one may be destroyed as soon as the
/// waiting thread has seen it set, so that it can stand on that thread's stack.
class WakeFlag {
 public:
  /// The last thing that the setting thread does with the flag.
  void set() noexcept;
  /// What was written before set() is visible after it.
  void wait() noexcept;
  /// False when it was not set by then.
  bool wait_until(std::chrono::steady_clock::time_point time) noexcept;

 private:
  enum State : uint32_t { unset, slept_on, is_set };
  bool sleep(const std::chrono::steady_clock::time_point* until) noexcept;

  std::atomic<uint32_t> state_{unset};
};

}  // namespace jnlp
