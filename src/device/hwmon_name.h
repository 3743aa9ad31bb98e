#pragma once

#include <filesystem>
#include <string>

#include "device/sysfs.h"

namespace jnlp {

/// What a channel of a hwmon chip is called, for example "power1": by its label, or else as the
/// chip, since many chips have just one.
inline std::string hwmon_name(const std::filesystem::path& chip, const std::string& channel) {
  const std::string label = read_line(chip / (channel + "_label"));
  if (!label.empty()) return label;
  const std::string name = read_line(chip / "name");
  return name.empty() ? chip.filename().string() : name;
}

}  // namespace jnlp
