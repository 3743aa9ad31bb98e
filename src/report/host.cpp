#include "report/host.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <filesystem>

#include "base/cpu_budget.h"
#include "base/error.h"
#include "base/file.h"
#include "report/build_info.h"

namespace jnlp {
namespace {

std::string content_of(const char* path) {
  try {
    return std::filesystem::exists(path) ? read_file(path) : std::string();
  } catch (const Error&) {
    return {};  // a fact that may not be read is a fact that is not stated
  }
}

std::string trimmed(std::string_view text) {
  const std::string_view blanks(" \t\n\r\0\"", 6);
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(blanks) + 1 - begin));
}

// The value behind `key` and `separator` in text of one such pair per line.
std::string value_of(const std::string& text, std::string_view key, char separator) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    const size_t middle = line.find(separator);
    if (line.starts_with(key) && middle != std::string_view::npos) {
      return trimmed(line.substr(middle + 1));
    }
    begin = end + 1;
  }
  return {};
}

std::string cpu_model() {
  const std::string info = content_of("/proc/cpuinfo");
  std::string name = value_of(info, "model name", ':');
  if (!name.empty()) return name;
  // 64-bit ARM gives numbers only (Main ID Register); lscpu names them from a table of its own.
  const std::string part = value_of(info, "CPU part", ':');
  if (part.empty()) return {};
  return fmt::format("implementer {} part {}", value_of(info, "CPU implementer", ':'), part);
}

std::string board_model() {
  std::string device_tree = trimmed(content_of("/proc/device-tree/model"));
  if (!device_tree.empty()) return device_tree;
  return trimmed(content_of("/sys/class/dmi/id/product_name"));
}

}  // namespace

HostFacts read_host_facts() {
  HostFacts host;
  host.board = board_model();
  host.cpu = cpu_model();
  utsname names{};
  if (::uname(&names) == 0) {
    host.architecture = names.machine;
    host.kernel = fmt::format("{} {}", names.sysname, names.release);
  }
  host.system = value_of(content_of("/etc/os-release"), "PRETTY_NAME", '=');
  host.cpus = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  const CpuBudget budget = cpu_budget();
  host.usable_cpus = budget.threads;
  host.usable_cpus_limited_by = budget.limited_by;
  host.memory_bytes = static_cast<int64_t>(::sysconf(_SC_PHYS_PAGES)) *
                      static_cast<int64_t>(::sysconf(_SC_PAGESIZE));
  return host;
}

OrderedJson build_facts() {
  return {{"version", kBuildVersion},
          {"commit", kBuildCommit},
          {"compiler", kBuildCompiler},
          {"build_type", kBuildType}};
}

OrderedJson to_json(const HostFacts& host) {
  const auto known = [](const std::string& text) {
    return text.empty() ? OrderedJson(nullptr) : OrderedJson(text);
  };
  return {{"board", known(host.board)},
          {"cpu", known(host.cpu)},
          {"architecture", known(host.architecture)},
          {"kernel", known(host.kernel)},
          {"system", known(host.system)},
          {"cpus", host.cpus},
          {"usable_cpus", host.usable_cpus},
          {"usable_cpus_limited_by", known(host.usable_cpus_limited_by)},
          {"memory_bytes", host.memory_bytes}};
}

std::string host_text(const HostFacts& host, const std::string& threads,
                      const std::string& created) {
  return fmt::format(
      "Host: {}{}, {} of {} CPUs usable{}, {}, {}; {} threads. jetson-nlp {} ({}, {}), {}.",
      host.board.empty() ? "" : host.board + ", ", host.cpu.empty() ? "unknown CPU" : host.cpu,
      host.usable_cpus, host.cpus,
      host.usable_cpus_limited_by.empty() ? "" : fmt::format(" ({})", host.usable_cpus_limited_by),
      host.architecture, host.system, threads, kBuildVersion, kBuildCommit, kBuildType, created);
}

std::string utc_timestamp() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

}  // namespace jnlp
