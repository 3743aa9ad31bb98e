#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace jnlp {

/// How many threads this process should run, on which CPUs, and why not more.
struct CpuBudget {
  int threads = 1;
  std::vector<int> cpus;  ///< those worth using, ascending; may be more than the quota pays
  bool slow_left_out =
      false;               ///< the affinity mask also holds slower CPUs, which are not in `cpus`
  std::string limited_by;  ///< what leaves fewer threads than online CPUs; empty for nothing
};

/// For a process that may run on `allowed` of a machine with `online` CPUs: the fast ones of
/// `allowed`, lowered to the cgroup quota (rounded up), at least 1.
CpuBudget cpu_budget(const std::vector<int>& allowed, int online,
                     const std::filesystem::path& root = "/");

/// For the calling thread's affinity mask.
CpuBudget cpu_budget();

/// cpu_budget().threads
int available_threads();

}  // namespace jnlp
