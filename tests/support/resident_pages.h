#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace jnlp::test {

/// Kilobytes of a file that this process has mapped and that count as its memory now; -1 where no
/// mapping of the file is found.
inline int64_t resident_kb(const std::filesystem::path& file) {
  const std::string path = std::filesystem::canonical(file).string();
  std::ifstream maps("/proc/self/smaps");
  int64_t found = -1;
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (first.find('-') != std::string::npos) inside = line.ends_with(path);
    int64_t kb = 0;
    if (inside && first == "Rss:" && words >> kb) found = (found < 0 ? 0 : found) + kb;
  }
  return found;
}

}  // namespace jnlp::test
