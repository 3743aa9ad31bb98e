#include <set>

#include "device/scaled_file.h"
#include "device/sources.h"

namespace jnlp {
namespace fs = std::filesystem;
namespace {

constexpr double kThousandths = 1e-3;
constexpr double kPercent = 1e-2;

bool is_gpu(const std::string& name) {
  for (const char* part : {"gpu", "gv11b", "gp10b", "ga10b", "gm20b"}) {
    if (name.find(part) != std::string::npos) return true;
  }
  return false;
}

// The same GPU can be reached by several paths, and which of them exist depends on the kernel.
std::vector<fs::path> jetson_folders(const fs::path& sys) {
  std::vector<fs::path> folders;
  for (const fs::path& governed : entries_of(sys / "class/devfreq")) {
    if (is_gpu(governed.filename().string())) folders.push_back(governed / "device");
  }
  for (const char* parent : {"devices/platform", "devices/platform/bus@0", "devices"}) {
    for (const fs::path& device : entries_of(sys / parent)) {
      if (is_gpu(device.filename().string())) folders.push_back(device);
    }
  }
  return folders;
}

}  // namespace

Sensors find_gpu_load(const fs::path& sys) {
  Sensors found;
  std::set<fs::path> seen;
  const auto add = [&](const fs::path& folder, const char* file, double scale,
                       const std::string& name) {
    std::error_code failed;
    const fs::path real = fs::canonical(folder, failed);
    if (failed || !fs::exists(real / file, failed) || !seen.insert(real).second) return;
    found.push_back(std::make_unique<ScaledFile>(
        SensorName{Quantity::gpu_load, name.empty() ? real.filename().string() : name}, real / file,
        scale, 0, 1));
  };
  for (const fs::path& folder : jetson_folders(sys)) add(folder, "load", kThousandths, "");
  for (const fs::path& card : entries_of(sys / "class/drm")) {
    const std::string name = card.filename().string();  // "card0"; "card0-DP-1" is a plug of it
    if (!name.starts_with("card") || name.find('-') != std::string::npos) continue;
    add(card / "device", "gpu_busy_percent", kPercent, name);
  }
  return found;
}

}  // namespace jnlp
