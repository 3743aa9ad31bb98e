#pragma once

#include <cstdint>

namespace jnlp {

/// Says, while it lives, with how many threads somebody of this process computes, so that those who
/// do at the same time divide the CPUs: two engines at once would otherwise have twice as many
/// threads as there are CPUs, and each would wait for threads that have none.
class CpuShare {
 public:
  explicit CpuShare(int threads) noexcept;
  ~CpuShare();
  CpuShare(const CpuShare&) = delete;
  CpuShare& operator=(const CpuShare&) = delete;

  /// Of its `threads` those that one of those at work may use now, where the process has `cpus`:
  /// all when it is alone or there are enough, else its part, at least one.
  static int of(int threads, int cpus) noexcept;
  /// How often somebody has begun: a number that is another one later says that others came.
  static uint64_t begun() noexcept;

 private:
  const int threads_;
};

}  // namespace jnlp
