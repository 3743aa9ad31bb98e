#include "base/cpu_budget.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/cgroup_quota.h"
#include "base/cpu_topology.h"

namespace jnlp {
namespace {

int online_cpus() {
  return static_cast<int>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
}

std::vector<int> allowed_cpus() {
  std::vector<int> cpus;
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof(mask), &mask) == 0) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &mask)) cpus.push_back(cpu);
    }
  }
  if (cpus.empty()) {  // more CPUs than a cpu_set_t holds
    cpus.resize(static_cast<size_t>(online_cpus()));
    std::iota(cpus.begin(), cpus.end(), 0);
  }
  return cpus;
}

}  // namespace

CpuBudget cpu_budget(const std::vector<int>& allowed, int online,
                     const std::filesystem::path& root) {
  CpuBudget budget;
  budget.cpus = fast_cpus(allowed, root);
  budget.slow_left_out = budget.cpus.size() < allowed.size();
  const auto cpus = static_cast<int>(budget.cpus.size());
  const double quota = std::ceil(cgroup_cpu_quota(root).value_or(cpus));
  budget.threads = std::max(1, static_cast<int>(std::min<double>(cpus, quota)));
  if (quota < cpus) {
    budget.limited_by = "cgroup quota";
  } else if (budget.slow_left_out) {
    budget.limited_by = "slower CPUs left out";
  } else if (cpus < online) {
    budget.limited_by = "affinity mask";
  }
  return budget;
}

CpuBudget cpu_budget() {
  return cpu_budget(allowed_cpus(), online_cpus());
}

int available_threads() {
  return cpu_budget().threads;
}

}  // namespace jnlp
