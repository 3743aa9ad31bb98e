#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace jnlp {

/// Where the time of one request's calls went. Kept by the caller's thread.
struct WorkTimes {
  std::optional<std::chrono::steady_clock::time_point> entered;  ///< first call's coming
  std::chrono::duration<double> waited{};                        ///< from coming to the first batch
  std::chrono::duration<double> computed{};  ///< from the first batch to the whole answer
};

/// For whom work is done and until when it is of use.
struct WorkContext {
  using Clock = std::chrono::steady_clock;

  std::optional<Clock::time_point> deadline = {};
  /// Set by whoever notices that nobody waits for the answer any more. Must live as long as the
  /// call that it is given to.
  const std::atomic<bool>* cancelled = nullptr;
  /// Clients share fairly, whatever the number of their calls; 0: the call stands for itself.
  uint64_t client = 0;
  /// Calls that are answered add to it. Must live as long as they do.
  WorkTimes* times = nullptr;

  bool expired(Clock::time_point now) const { return deadline && now >= *deadline; }
  bool is_cancelled() const {
    return cancelled != nullptr && cancelled->load(std::memory_order_relaxed);
  }
};

}  // namespace jnlp
