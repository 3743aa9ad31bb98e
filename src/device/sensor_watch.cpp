#include "device/sensor_watch.h"

#include <chrono>

namespace jnlp {
namespace {

constexpr std::chrono::seconds kInterval{1};

}  // namespace

SensorWatch::SensorWatch(Sensors sensors) : sensors_(std::move(sensors)), latest_(read()) {
  if (!sensors_.empty()) thread_ = std::thread([this] { watch(); });
}

SensorWatch::~SensorWatch() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

std::vector<Reading> SensorWatch::latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

void SensorWatch::watch() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kInterval, [this] { return is_ending_; })) {
    lock.unlock();
    std::vector<Reading> fresh = read();
    lock.lock();
    latest_.swap(fresh);
  }
}

std::vector<Reading> SensorWatch::read() {
  std::vector<Reading> readings;
  for (const auto& sensor : sensors_) {
    if (const std::optional<double> value = sensor->read()) {
      readings.push_back({sensor->name(), *value});
    }
  }
  return readings;
}

}  // namespace jnlp
