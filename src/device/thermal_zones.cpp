#include "device/scaled_file.h"
#include "device/sources.h"

namespace jnlp {
namespace fs = std::filesystem;

Sensors find_thermal_zones(const fs::path& sys) {
  constexpr double kMilli = 1e-3;
  // Parts of a Jetson that have no power say -256 or fail.
  constexpr double kLeast = -100;
  constexpr double kMost = 300;
  Sensors found;
  for (const fs::path& zone : entries_of(sys / "class/thermal")) {
    if (!zone.filename().string().starts_with("thermal_zone")) continue;
    const std::string type = read_line(zone / "type");
    // A Jetson's PMIC has no sensor: it says 100 always.
    if (type.empty() || type.starts_with("PMIC")) continue;
    found.push_back(std::make_unique<ScaledFile>(SensorName{Quantity::temperature, type},
                                                 zone / "temp", kMilli, kLeast, kMost));
  }
  return found;
}

}  // namespace jnlp
