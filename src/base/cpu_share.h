#pragma once

namespace jnlp {

/// Says, while it lives, that somebody of this process computes with several threads, so that those
/// who do at the same time divide the CPUs: two engines at once would otherwise have twice as many
/// threads as there are CPUs, and each would wait for threads that have none.
class CpuShare {
 public:
  CpuShare() noexcept;
  ~CpuShare();
  CpuShare(const CpuShare&) = delete;
  CpuShare& operator=(const CpuShare&) = delete;

  /// Of its `threads` those that one of those at work may use now, where the process has `cpus`.
  static int of(int threads, int cpus) noexcept;
};

}  // namespace jnlp
