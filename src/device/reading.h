#pragma once

#include <string>

namespace jnlp {

/// What a sensor measures. Each has one unit, whatever the system's file has.
enum class Quantity {
  gpu_load,     ///< share of time that a GPU is busy, 0 to 1
  power,        ///< watts
  energy,       ///< joules since the sensor was found; only grows
  temperature,  ///< degrees Celsius
};

/// "ratio", "watts", "joules" or "celsius".
const char* unit_of(Quantity quantity);

/// Which sensor it is. No two of a device are the same.
struct SensorName {
  Quantity quantity = Quantity::power;
  std::string name;  ///< as the device names it: "VDD_IN", "package-0", "cpu-thermal"
  /// Power or energy that another sensor of the same quantity has in its own already. Those
  /// without it may be added up.
  bool is_part = false;
};

/// One value of one sensor.
struct Reading {
  SensorName sensor;
  double value = 0;  ///< in the quantity's unit
};

}  // namespace jnlp
