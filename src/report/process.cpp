#include "report/process.h"

#include <sys/resource.h>

#include <charconv>
#include <fstream>
#include <string>
#include <string_view>

namespace jnlp {
namespace {

// The number behind "<key>:" in a file of /proc; -1 when it is not there.
int64_t number_in(const char* path, std::string_view key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ':') continue;
    const size_t begin = line.find_first_of("0123456789", key.size());
    if (begin == std::string::npos) return -1;
    int64_t value = -1;
    std::from_chars(line.data() + begin, line.data() + line.size(), value);
    return value;
  }
  return -1;
}

int64_t kilobytes_in_status(std::string_view key) {
  const int64_t kilobytes = number_in("/proc/self/status", key);
  return kilobytes < 0 ? -1 : kilobytes * 1024;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

MemoryUse memory_use() {
  return {kilobytes_in_status("VmRSS"), kilobytes_in_status("VmHWM")};
}

bool reset_peak_memory() {
  std::ofstream file("/proc/self/clear_refs");
  file << '5';  // proc(5): resets the peak resident set size
  file.flush();
  return file.good();
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

int64_t disk_bytes_read() {
  return number_in("/proc/self/io", "read_bytes");
}

}  // namespace jnlp
