#include <algorithm>

#include "device/scaled_file.h"
#include "device/sources.h"

namespace jnlp {
namespace fs = std::filesystem;
namespace {

constexpr double kMostWatts = 1000;  // of a rail of these boards
constexpr double kMilli = 1e-3;

struct Channel {
  std::string label;
  fs::path milliwatts;  // or empty, and then:
  fs::path millivolts;
  fs::path milliamperes;
};

// Volts and amperes of one channel, read one behind the other.
class Rail : public Sensor {
 public:
  Rail(SensorName name, fs::path millivolts, fs::path milliamperes)
      : Sensor(std::move(name)),
        millivolts_(std::move(millivolts)),
        milliamperes_(std::move(milliamperes)) {}

  std::optional<double> read() override {
    const auto millivolts = read_integer(millivolts_);
    const auto milliamperes = read_integer(milliamperes_);
    if (!millivolts || !milliamperes) return std::nullopt;
    const double watts =
        static_cast<double>(*millivolts) * kMilli * static_cast<double>(*milliamperes) * kMilli;
    // A current near nothing is measured a little below it now and then.
    if (watts < -1 || watts > kMostWatts) return std::nullopt;
    return std::max(watts, 0.0);
  }

 private:
  const fs::path millivolts_;
  const fs::path milliamperes_;
};

std::string numbered(const char* before, int number, const char* after) {
  return before + std::to_string(number) + after;
}

// JetPack 5 and later, and other boards.
void add_hwmon_channels(const fs::path& sys, std::vector<Channel>* channels) {
  for (const fs::path& chip : entries_of(sys / "class/hwmon")) {
    if (read_line(chip / "name") != "ina3221") continue;
    for (const int number : numbers_of(chip, "in", "_label")) {
      channels->push_back({read_line(chip / numbered("in", number, "_label")),
                           {},
                           chip / numbered("in", number, "_input"),
                           chip / numbered("curr", number, "_input")});
    }
  }
}

// JetPack 4.
void add_iio_channels(const fs::path& sys, std::vector<Channel>* channels) {
  for (const fs::path& chip : entries_of(sys / "bus/i2c/drivers/ina3221x")) {
    for (const fs::path& device : entries_of(chip)) {
      if (!device.filename().string().starts_with("iio:device")) continue;
      for (const int number : numbers_of(device, "rail_name_", "")) {
        channels->push_back({read_line(device / numbered("rail_name_", number, "")),
                             device / numbered("in_power", number, "_input"),
                             {},
                             {}});
      }
    }
  }
}

// "NC" is not connected; the sum has no voltage of its own.
bool is_rail(const std::string& label) {
  return !label.empty() && label != "NC" && label != "sum of shunt voltages";
}

// It feeds all others: adding those would count them twice.
bool is_whole(const std::string& label) {
  return label == "VDD_IN" || label == "POM_5V_IN";
}

std::unique_ptr<Sensor> sensor_of(const Channel& channel, bool is_part) {
  SensorName name{Quantity::power, channel.label, is_part};
  if (channel.milliwatts.empty()) {
    return std::make_unique<Rail>(std::move(name), channel.millivolts, channel.milliamperes);
  }
  return std::make_unique<ScaledFile>(std::move(name), channel.milliwatts, kMilli, 0, kMostWatts);
}

}  // namespace

Sensors find_power_rails(const fs::path& sys) {
  std::vector<Channel> channels;
  add_hwmon_channels(sys, &channels);
  add_iio_channels(sys, &channels);
  const bool has_whole = std::any_of(channels.begin(), channels.end(),
                                     [](const Channel& c) { return is_whole(c.label); });
  Sensors rails;
  for (const Channel& channel : channels) {
    if (!is_rail(channel.label)) continue;
    rails.push_back(sensor_of(channel, has_whole && !is_whole(channel.label)));
  }
  return rails;
}

}  // namespace jnlp
