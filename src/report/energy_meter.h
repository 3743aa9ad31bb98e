#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace jnlp {

/// Measures the energy that the machine uses, idle part included, by the sensors that Linux shows:
/// - the INA3221 of a Jetson board (hwmon): volts times amperes of the rail that feeds the module
///   (VDD_IN), or of all rails where there is none for the whole, read every 20 ms;
/// - RAPL (powercap) of Intel and AMD CPUs: the packages' counters, which many systems show to root
///   alone. They leave memory, board and other devices out.
class EnergyMeter {
 public:
  /// Looks for sensors below `sys`.
  explicit EnergyMeter(const std::filesystem::path& sys = "/sys");
  ~EnergyMeter();
  EnergyMeter(const EnergyMeter&) = delete;
  EnergyMeter& operator=(const EnergyMeter&) = delete;

  /// What is measured, for people, for example "INA3221 VDD_IN"; empty when there is no sensor.
  const std::string& sensor() const;

  /// Begins to measure.
  void start();
  /// Joules since start(); absent without a sensor, or when it failed meanwhile.
  std::optional<double> stop();

 private:
  class Source;
  class Rails;
  class Counters;

  std::unique_ptr<Source> source_;
  std::string sensor_;
};

}  // namespace jnlp
