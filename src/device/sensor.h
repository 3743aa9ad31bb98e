#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "device/reading.h"

namespace jnlp {

/// Something that can be measured again and again. One thread at a time.
class Sensor {
 public:
  explicit Sensor(SensorName name) : name_(std::move(name)) {}
  virtual ~Sensor() = default;
  Sensor(const Sensor&) = delete;
  Sensor& operator=(const Sensor&) = delete;

  const SensorName& name() const { return name_; }
  /// Now, in the quantity's unit; absent when it cannot be read or says what cannot be. Never
  /// throws. May take milliseconds: some values come over a slow bus.
  virtual std::optional<double> read() = 0;

 private:
  SensorName name_;
};

using Sensors = std::vector<std::unique_ptr<Sensor>>;

}  // namespace jnlp
