#include "serve/wake_flag.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

namespace jnlp {
namespace {

timespec to_timespec(std::chrono::steady_clock::time_point time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return {.tv_sec = static_cast<time_t>(seconds.count()),
          .tv_nsec = static_cast<long>(std::chrono::nanoseconds(since - seconds).count())};
}

}  // namespace

void WakeFlag::set() noexcept {
  void* address = &state_;
  const uint32_t before = state_.exchange(is_set, std::memory_order_acq_rel);
  // The flag may be gone by now. The kernel only compares the address with those slept on; at worst
  // it wakes somebody else's sleep there once too often, which every futex user allows for.
  if (before == slept_on) {
    ::syscall(SYS_futex, address, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }
}

void WakeFlag::wait() noexcept {
  sleep(nullptr);
}

bool WakeFlag::wait_until(std::chrono::steady_clock::time_point time) noexcept {
  return sleep(&time);
}

bool WakeFlag::sleep(const std::chrono::steady_clock::time_point* until) noexcept {
  timespec time{};
  if (until != nullptr) time = to_timespec(*until);
  uint32_t seen = state_.load(std::memory_order_acquire);
  while (seen != is_set) {
    if (until != nullptr && std::chrono::steady_clock::now() >= *until) return false;
    if (seen == slept_on || state_.compare_exchange_strong(seen, slept_on)) {
      // The bitset variant takes a point of CLOCK_MONOTONIC, which steady_clock is.
      ::syscall(SYS_futex, &state_, FUTEX_WAIT_BITSET_PRIVATE, slept_on,
                until == nullptr ? nullptr : &time, nullptr, FUTEX_BITSET_MATCH_ANY);
    }
    seen = state_.load(std::memory_order_acquire);
  }
  return true;
}

}  // namespace jnlp
