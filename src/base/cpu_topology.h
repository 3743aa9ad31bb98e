#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace jnlp {

/// CPUs of a list as the kernel writes it ("0-3,8"), ascending; empty when it is damaged.
std::vector<int> parse_cpu_list(const std::string& list);

/// The CPUs of `allowed` that a loop should run on, ascending: all where they are alike or nothing
/// is known of them. A loop ends with its slowest thread, so CPUs with less than 80 % of the
/// fastest one's capacity stay out, unless the fast ones are so few that together with slower ones
/// the loop still gains a quarter. The system's files are read below `root`.
std::vector<int> fast_cpus(const std::vector<int>& allowed,
                           const std::filesystem::path& root = "/");

}  // namespace jnlp
