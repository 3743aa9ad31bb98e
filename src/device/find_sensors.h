#pragma once

#include <filesystem>

#include "device/sensor.h"

namespace jnlp {

/// The sensors of this device, by the files that Linux has below `sys`; there may be none. One that
/// cannot be read now is among them, as it may be later (a part of the chip that has no power has
/// no temperature). Names that several have get a number: "acpitz", "acpitz-2". Never throws for
/// what the files hold.
///
/// - gpu_load: a Jetson's `load`, AMD's `gpu_busy_percent`;
/// - power: each rail of an INA3221 (Jetson boards; parts where one rail feeds the others), other
///   chips with power in hwmon;
/// - energy: RAPL of Intel's and AMD's CPUs (many systems show it to root alone), chips with energy
///   in hwmon;
/// - temperature: thermal zones.
Sensors find_sensors(const std::filesystem::path& sys = "/sys");

}  // namespace jnlp
