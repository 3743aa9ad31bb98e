// With sensors of a made-up machine: files as Linux shows them.
#include "report/energy_meter.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "support/paths.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

class EnergyMeterTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    const fs::path path = sys_.path() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text << "\n";
  }
  void rail(const std::string& chip, int channel, const std::string& label, int millivolts,
            int milliamperes) {
    const std::string number = std::to_string(channel);
    write("class/hwmon/" + chip + "/name", "ina3221");
    write("class/hwmon/" + chip + "/in" + number + "_label", label);
    write("class/hwmon/" + chip + "/in" + number + "_input", std::to_string(millivolts));
    write("class/hwmon/" + chip + "/curr" + number + "_input", std::to_string(milliamperes));
  }

  TemporaryDir sys_;
};

TEST_F(EnergyMeterTest, WithoutASensorNothingIsMeasured) {
  write("class/hwmon/hwmon0/name", "nvme");
  EnergyMeter meter(sys_.path());
  EXPECT_EQ(meter.sensor(), "");
  meter.start();
  EXPECT_FALSE(meter.stop());
}

TEST_F(EnergyMeterTest, TheRailOfTheWholeModuleIsEnough) {
  rail("hwmon3", 1, "VDD_IN", 5000, 2000);
  rail("hwmon3", 2, "VDD_CPU_GPU_CV", 5000, 1000);
  EnergyMeter meter(sys_.path());
  EXPECT_EQ(meter.sensor(), "INA3221 VDD_IN");
  const auto begin = std::chrono::steady_clock::now();
  meter.start();
  std::this_thread::sleep_for(std::chrono::milliseconds(120));
  const auto joules = meter.stop();
  const std::chrono::duration<double> all = std::chrono::steady_clock::now() - begin;
  ASSERT_TRUE(joules);
  // 10 W; the thread may have begun late, never before.
  EXPECT_GT(*joules, 0);
  EXPECT_LE(*joules, 10 * all.count());
}

TEST_F(EnergyMeterTest, RailsAreAddedWhereNoneFeedsTheWhole) {
  rail("hwmon2", 1, "VDD_GPU_SOC", 5000, 1000);
  rail("hwmon2", 2, "VDD_CPU_CV", 5000, 1000);
  rail("hwmon3", 1, "VIN_SYS_5V0", 5000, 1000);
  EXPECT_EQ(EnergyMeter(sys_.path()).sensor(), "INA3221 VDD_GPU_SOC + VDD_CPU_CV + VIN_SYS_5V0");
}

TEST_F(EnergyMeterTest, ASensorThatGoesAwayGivesNoFigure) {
  rail("hwmon3", 1, "VDD_IN", 5000, 2000);
  EnergyMeter meter(sys_.path());
  meter.start();
  fs::remove_all(sys_.path() / "class");
  EXPECT_FALSE(meter.stop());
}

TEST_F(EnergyMeterTest, CountersOfAllPackagesAreAdded) {
  for (const std::string package : {"intel-rapl:0", "intel-rapl:1"}) {
    write("class/powercap/" + package + "/name", "package-0");
    write("class/powercap/" + package + "/energy_uj", "1000000");
    write("class/powercap/" + package + "/max_energy_range_uj", "9000000");
  }
  write("class/powercap/intel-rapl:0:0/name", "core");  // part of the package
  write("class/powercap/intel-rapl:0:0/energy_uj", "5");
  EnergyMeter meter(sys_.path());
  EXPECT_EQ(meter.sensor(), "RAPL, CPU packages");
  meter.start();
  write("class/powercap/intel-rapl:0/energy_uj", "3500000");
  write("class/powercap/intel-rapl:1/energy_uj", "500000");  // has started anew after 9 J
  const auto joules = meter.stop();
  ASSERT_TRUE(joules);
  EXPECT_DOUBLE_EQ(*joules, 2.5 + 8.5);
}

}  // namespace
}  // namespace jnlp
