#include "base/cgroup_quota.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace jnlp {
namespace {

namespace fs = std::filesystem;
using Quota = std::optional<double>;

Quota quotient(double quota, double period) {
  const double cpus = quota / period;
  return quota > 0 && period > 0 && std::isfinite(cpus) ? Quota(cpus) : std::nullopt;
}

Quota read_v2(const fs::path& group) {
  std::ifstream file(group / "cpu.max");
  std::string quota;  // "max" becomes 0: no quota
  double period = 0;
  return file >> quota >> period ? quotient(std::strtod(quota.c_str(), nullptr), period)
                                 : std::nullopt;
}

Quota read_v1(const fs::path& group) {
  std::ifstream quota_file(group / "cpu.cfs_quota_us");
  std::ifstream period_file(group / "cpu.cfs_period_us");
  double quota = 0;
  double period = 0;
  return quota_file >> quota && period_file >> period ? quotient(quota, period) : std::nullopt;
}

void lower(Quota& quota, Quota other) {
  if (other) quota = quota ? std::min(*quota, *other) : other;
}

// The least quota from `path` below `mount` up to the mount itself. In a container the path may
// name what only the host sees; the mount is then the container's own group, so folders that do
// not exist are passed over.
template <typename Read>
Quota least_upwards(const fs::path& mount, std::string_view path, Read read) {
  Quota least = read(mount);
  // A group outside of this cgroup namespace is shown as "/../..": nothing below the mount.
  if (path.find("..") != std::string_view::npos) return least;
  fs::path group = mount;
  for (const fs::path& name : fs::path(path).relative_path()) {
    group /= name;
    lower(least, read(group));
  }
  return least;
}

bool names_cpu(std::string_view controllers) {
  return ("," + std::string(controllers) + ",").find(",cpu,") != std::string::npos;
}

}  // namespace

std::optional<double> cgroup_cpu_quota(const fs::path& root) {
  const fs::path mounts = root / "sys/fs/cgroup";
  // For a process whose own groups cannot be read.
  Quota least = read_v2(mounts);
  lower(least, read_v1(mounts / "cpu"));
  // Lines of "number:controllers:path"; version 2 has no controllers.
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    if (controllers.empty()) {
      lower(least, least_upwards(mounts, path, read_v2));
      lower(least, least_upwards(mounts / "unified", path, read_v2));
    } else if (names_cpu(controllers)) {
      // Mounted under the controllers' names; "cpu" alone is often a link to it.
      lower(least, least_upwards(mounts / controllers, path, read_v1));
      lower(least, least_upwards(mounts / "cpu", path, read_v1));
    }
  }
  return least;
}

}  // namespace jnlp
