#include "device/find_sensors.h"

#include <fmt/format.h>

#include <iterator>
#include <set>
#include <utility>

#include "device/sources.h"

namespace jnlp {
namespace {

// A sensor under another name.
class Renamed : public Sensor {
 public:
  Renamed(SensorName name, std::unique_ptr<Sensor> sensor)
      : Sensor(std::move(name)), sensor_(std::move(sensor)) {}
  std::optional<double> read() override { return sensor_->read(); }

 private:
  const std::unique_ptr<Sensor> sensor_;
};

void name_apart(Sensors* sensors) {
  std::set<std::pair<Quantity, std::string>> taken;
  for (auto& sensor : *sensors) {
    SensorName name = sensor->name();
    const std::string base = name.name;
    for (int number = 2; !taken.emplace(name.quantity, name.name).second; ++number) {
      name.name = fmt::format("{}-{}", base, number);
    }
    if (name.name != base) {
      sensor = std::make_unique<Renamed>(std::move(name), std::move(sensor));
    }
  }
}

}  // namespace

Sensors find_sensors(const std::filesystem::path& sys) {
  Sensors all;
  for (auto* find : {find_gpu_load, find_power_rails, find_hwmon_power, find_energy_counters,
                     find_thermal_zones}) {
    for (auto& sensor : find(sys)) all.push_back(std::move(sensor));
  }
  name_apart(&all);
  return all;
}

}  // namespace jnlp
