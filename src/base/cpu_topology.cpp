#include "base/cpu_topology.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <sstream>

namespace jnlp {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxCpus = 8192;
// Capacities differ within a class too: favoured cores of one kind clock some percent higher.
constexpr double kSameClass = 0.8;
constexpr double kWorthJoining = 1.25;
// An E-core next to a P-core; the kernel's lists give kinds, not numbers.
constexpr double kFullCapacity = 1024;
constexpr double kEfficiencyCapacity = 600;

using Capacities = std::vector<double>;  // in the order of the CPUs; empty when not known

std::vector<int> cpus_of_file(const fs::path& path) {
  std::ifstream file(path);
  std::string list;
  std::getline(file, list);
  return parse_cpu_list(list);
}

// Intel's hybrids list each kind of core as a performance monitoring unit.
Capacities hybrid_capacities(const std::vector<int>& cpus, const fs::path& root) {
  const std::vector<int> slow = cpus_of_file(root / "sys/devices/cpu_atom/cpus");
  if (slow.empty() || cpus_of_file(root / "sys/devices/cpu_core/cpus").empty()) return {};
  Capacities capacities;
  for (const int cpu : cpus) {
    const bool is_slow = std::binary_search(slow.begin(), slow.end(), cpu);
    capacities.push_back(is_slow ? kEfficiencyCapacity : kFullCapacity);
  }
  return capacities;
}

// One number per CPU, or nothing at all: an unknown CPU cannot be compared.
Capacities numbers_of(const std::vector<int>& cpus, const fs::path& root, const char* file_name) {
  Capacities numbers;
  for (const int cpu : cpus) {
    const std::string folder = "cpu" + std::to_string(cpu);
    std::ifstream file(root / "sys/devices/system/cpu" / folder / file_name);
    double number = 0;
    if (!(file >> number) || !(number > 0)) return {};
    numbers.push_back(number);
  }
  return numbers;
}

Capacities read_capacities(const std::vector<int>& cpus, const fs::path& root) {
  // Before cpu_capacity: with hyper-threading the kernel says 1024 for both kinds.
  Capacities capacities = hybrid_capacities(cpus, root);
  if (capacities.empty()) capacities = numbers_of(cpus, root, "cpu_capacity");
  // Kernels from before cpu_capacity; the clock says nothing of what a core does in a cycle.
  if (capacities.empty()) capacities = numbers_of(cpus, root, "cpufreq/cpuinfo_max_freq");
  return capacities;
}

// The least capacity worth using. With n threads on CPUs of at least c, a loop runs at n * c.
double least_useful(Capacities capacities) {
  std::sort(capacities.begin(), capacities.end(), std::greater<>());
  double least = 0;
  double speed = 0;
  for (size_t i = 0; i < capacities.size(); ++i) {
    const double with_this = static_cast<double>(i + 1) * capacities[i];
    const bool same_class = capacities[i] >= kSameClass * capacities.front();
    if (!same_class && with_this < kWorthJoining * speed) continue;
    least = capacities[i];
    speed = std::max(speed, with_this);
  }
  return least;
}

// "8" or "0-3".
bool read_range(const std::string& text, int* first, int* last) {
  std::istringstream in(text);
  char dash = 0;
  if (!(in >> *first)) return false;
  *last = *first;
  if (in >> dash && (dash != '-' || !(in >> *last))) return false;
  return (in >> std::ws).eof() && *first >= 0 && *last >= *first && *last < kMaxCpus;
}

}  // namespace

std::vector<int> parse_cpu_list(const std::string& list) {
  std::vector<int> cpus;
  std::istringstream parts(list);
  for (std::string part; std::getline(parts, part, ',');) {
    int first = 0;
    int last = 0;
    if (!read_range(part, &first, &last)) return {};
    for (int cpu = first; cpu <= last; ++cpu) cpus.push_back(cpu);
  }
  std::sort(cpus.begin(), cpus.end());
  return cpus;
}

std::vector<int> fast_cpus(const std::vector<int>& allowed, const fs::path& root) {
  const Capacities capacities = read_capacities(allowed, root);
  if (capacities.empty()) return allowed;
  const double least = least_useful(capacities);
  std::vector<int> fast;
  for (size_t i = 0; i < allowed.size(); ++i) {
    if (capacities[i] >= least) fast.push_back(allowed[i]);
  }
  return fast;
}

}  // namespace jnlp
