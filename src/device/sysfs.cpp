#include "device/sysfs.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <tuple>

namespace jnlp {
namespace fs = std::filesystem;
namespace {

std::optional<int64_t> to_integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "hwmon10" as ("hwmon", 10).
std::tuple<std::string, int64_t, std::string> order_of(const fs::path& path) {
  const std::string name = path.filename().string();
  const size_t digits = name.find_last_not_of("0123456789") + 1;
  return {name.substr(0, digits), to_integer(name.substr(digits)).value_or(-1), name};
}

}  // namespace

std::string read_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  constexpr const char* kBlanks = " \t\r\n";
  const size_t begin = line.find_first_not_of(kBlanks);
  if (begin == std::string::npos) return "";
  return line.substr(begin, line.find_last_not_of(kBlanks) - begin + 1);
}

std::optional<int64_t> read_integer(const fs::path& file) {
  return to_integer(read_line(file));
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code failed;
  fs::directory_iterator next(folder, failed);
  for (; !failed && next != fs::directory_iterator(); next.increment(failed)) {
    entries.push_back(next->path());
  }
  std::sort(entries.begin(), entries.end(),
            [](const fs::path& a, const fs::path& b) { return order_of(a) < order_of(b); });
  return entries;
}

std::vector<int> numbers_of(const fs::path& folder, const std::string& before,
                            const std::string& after) {
  std::vector<int> numbers;
  for (const fs::path& entry : entries_of(folder)) {
    const std::string name = entry.filename().string();
    if (name.size() <= before.size() + after.size() || !name.starts_with(before) ||
        !name.ends_with(after)) {
      continue;
    }
    const auto number = to_integer(
        std::string_view(name).substr(before.size(), name.size() - before.size() - after.size()));
    constexpr int64_t kMost = 1000;
    if (number && *number >= 0 && *number < kMost) numbers.push_back(static_cast<int>(*number));
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace jnlp
