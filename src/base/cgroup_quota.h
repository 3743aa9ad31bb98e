#pragma once

#include <filesystem>
#include <optional>

namespace jnlp {

/// CPUs' worth of time that the control groups of this process allow: the least quota of its group
/// and of all groups above, version 2 or 1; nothing without a quota. The system's files are read
/// below `root`. What is missing or damaged counts as no quota.
std::optional<double> cgroup_cpu_quota(const std::filesystem::path& root = "/");

}  // namespace jnlp
