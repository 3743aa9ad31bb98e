#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "device/sensor.h"
#include "device/sysfs.h"

namespace jnlp {

/// A file with a whole number that is a value in some unit. What lies outside of `least` to `most`
/// is no value: sensors that are switched off say such things.
class ScaledFile : public Sensor {
 public:
  ScaledFile(SensorName name, std::filesystem::path file, double scale, double least, double most)
      : Sensor(std::move(name)),
        file_(std::move(file)),
        scale_(scale),
        least_(least),
        most_(most) {}

  std::optional<double> read() override {
    const std::optional<int64_t> number = read_integer(file_);
    if (!number) return std::nullopt;
    const double value = static_cast<double>(*number) * scale_;
    if (value < least_ || value > most_) return std::nullopt;
    return value;
  }

 private:
  const std::filesystem::path file_;
  const double scale_;
  const double least_;
  const double most_;
};

}  // namespace jnlp
