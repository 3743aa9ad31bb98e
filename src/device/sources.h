#pragma once

#include <filesystem>

#include "device/sensor.h"

namespace jnlp {

// Where find_sensors() looks, kind by kind; `sys` stands for /sys.

/// `load` of a Jetson's GPU in thousandths, `gpu_busy_percent` of AMD's.
Sensors find_gpu_load(const std::filesystem::path& sys);

/// Rails of INA3221 chips: hwmon (JetPack 5 and later), or the older driver's own files.
Sensors find_power_rails(const std::filesystem::path& sys);

/// Chips with `power*_input` or `power*_average` in hwmon.
Sensors find_hwmon_power(const std::filesystem::path& sys);

/// RAPL, and chips with `energy*_input` in hwmon.
Sensors find_energy_counters(const std::filesystem::path& sys);

/// Thermal zones, but for those whose value is made up.
Sensors find_thermal_zones(const std::filesystem::path& sys);

}  // namespace jnlp
