#include "device/sensor_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "device/find_sensors.h"
#include "device/sysfs_tree.h"

namespace jnlp {
namespace {

// Its value is how often it was read; every second one fails.
class Counting : public Sensor {
 public:
  explicit Counting(std::atomic<int>* reads)
      : Sensor({Quantity::power, "counting"}), reads_(reads) {}
  std::optional<double> read() override {
    const int count = ++*reads_;
    return count % 2 == 0 ? std::nullopt : std::optional<double>(count);
  }

 private:
  std::atomic<int>* const reads_;
};

TEST(SensorWatch, HasValuesFromTheStart) {
  test::SysfsTree sys;
  sys.make_orin();
  const SensorWatch watch(find_sensors(sys.path()));
  const std::vector<Reading> readings = watch.latest();
  ASSERT_EQ(readings.size(), 1U + 3U + 3U);
  EXPECT_EQ(readings.front().sensor.quantity, Quantity::gpu_load);
  EXPECT_NEAR(readings.front().value, 0.437, 1e-9);
}

TEST(SensorWatch, ReadsAgainByItself) {
  std::atomic<int> reads{0};
  Sensors sensors;
  sensors.push_back(std::make_unique<Counting>(&reads));
  const SensorWatch watch(std::move(sensors));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (reads < 3 && std::chrono::steady_clock::now() < end) {
    // A failed reading leaves no old value behind.
    for (const Reading& reading : watch.latest()) EXPECT_NE(static_cast<int>(reading.value) % 2, 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_GE(reads, 3);
}

TEST(SensorWatch, WithoutSensorsThereIsNothing) {
  const SensorWatch watch({});
  EXPECT_TRUE(watch.latest().empty());
}

}  // namespace
}  // namespace jnlp
