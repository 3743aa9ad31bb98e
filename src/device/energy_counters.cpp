#include "device/hwmon_name.h"
#include "device/sources.h"

namespace jnlp {
namespace fs = std::filesystem;
namespace {

// Microjoules that hardware counts and that begin anew after `greatest`. Read less often than it
// takes them to do so (an hour and more at 60 W), some are lost.
class Counter : public Sensor {
 public:
  Counter(SensorName name, fs::path file, std::optional<int64_t> greatest)
      : Sensor(std::move(name)), file_(std::move(file)), greatest_(greatest) {
    Counter::read();  // it counts from here
  }

  std::optional<double> read() override {
    constexpr double kMicro = 1e-6;
    const std::optional<int64_t> now = read_integer(file_);
    if (!now || *now < 0) return std::nullopt;
    if (before_) microjoules_ += passed(*before_, *now);
    before_ = now;
    return microjoules_ * kMicro;
  }

 private:
  double passed(int64_t before, int64_t now) const {
    if (now >= before) return static_cast<double>(now - before);
    if (greatest_ && *greatest_ >= before) return static_cast<double>(*greatest_ - before + now);
    return static_cast<double>(now);  // it was set to 0
  }

  const fs::path file_;
  const std::optional<int64_t> greatest_;
  std::optional<int64_t> before_;
  double microjoules_ = 0;
};

// "intel-rapl:0" is a package, "intel-rapl:0:1" a domain of it, with AMD's CPUs too. The same
// counters may be there once more as "intel-rapl-mmio:0".
void add_rapl(const fs::path& sys, Sensors* found) {
  for (const fs::path& domain : entries_of(sys / "class/powercap")) {
    if (!domain.filename().string().starts_with("intel-rapl:")) continue;
    const std::string name = read_line(domain / "name");
    // "psys" is the whole machine where it works, and something else where it does not.
    if (name.empty() || name == "psys") continue;
    const bool is_part = name == "core" || name == "uncore";  // memory is not in the package
    found->push_back(std::make_unique<Counter>(SensorName{Quantity::energy, name, is_part},
                                               domain / "energy_uj",
                                               read_integer(domain / "max_energy_range_uj")));
  }
}

void add_hwmon(const fs::path& sys, Sensors* found) {
  for (const fs::path& chip : entries_of(sys / "class/hwmon")) {
    for (const int number : numbers_of(chip, "energy", "_input")) {
      const std::string channel = "energy" + std::to_string(number);
      const std::string name = hwmon_name(chip, channel);
      const bool is_part = name.starts_with("Ecore");  // AMD: of a socket
      found->push_back(std::make_unique<Counter>(SensorName{Quantity::energy, name, is_part},
                                                 chip / (channel + "_input"), std::nullopt));
    }
  }
}

}  // namespace

Sensors find_energy_counters(const fs::path& sys) {
  Sensors found;
  add_rapl(sys, &found);
  add_hwmon(sys, &found);
  return found;
}

}  // namespace jnlp
