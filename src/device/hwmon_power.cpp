#include <algorithm>

#include "device/hwmon_name.h"
#include "device/scaled_file.h"
#include "device/sources.h"

namespace jnlp {
namespace fs = std::filesystem;

Sensors find_hwmon_power(const fs::path& sys) {
  constexpr double kMicro = 1e-6;
  constexpr double kMostWatts = 1e5;
  Sensors found;
  for (const fs::path& chip : entries_of(sys / "class/hwmon")) {
    if (read_line(chip / "name") == "ina3221") continue;  // its rails have names
    std::vector<int> seen;
    for (const char* kind : {"_input", "_average"}) {
      for (const int number : numbers_of(chip, "power", kind)) {
        if (std::find(seen.begin(), seen.end(), number) != seen.end()) continue;
        seen.push_back(number);
        const std::string channel = "power" + std::to_string(number);
        found.push_back(
            std::make_unique<ScaledFile>(SensorName{Quantity::power, hwmon_name(chip, channel)},
                                         chip / (channel + kind), kMicro, 0, kMostWatts));
      }
    }
  }
  return found;
}

}  // namespace jnlp
