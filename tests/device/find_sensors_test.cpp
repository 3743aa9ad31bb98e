#include "device/find_sensors.h"

#include <gtest/gtest.h>

#include <map>

#include "device/sysfs_tree.h"

namespace jnlp {
namespace {

class FindSensors : public testing::Test {
 protected:
  Sensors find() const { return find_sensors(sys.path()); }
  // Values by name, of those that have one.
  static std::map<std::string, double> values(const Sensors& sensors, Quantity quantity) {
    std::map<std::string, double> found;
    for (const auto& sensor : sensors) {
      if (sensor->name().quantity != quantity) continue;
      if (const auto value = sensor->read()) found[sensor->name().name] = *value;
    }
    return found;
  }
  static std::map<std::string, bool> parts(const Sensors& sensors) {
    std::map<std::string, bool> found;
    for (const auto& sensor : sensors) found[sensor->name().name] = sensor->name().is_part;
    return found;
  }
  using Values = std::map<std::string, double>;

  test::SysfsTree sys;
};

void expect_near(const std::map<std::string, double>& seen,
                 const std::map<std::string, double>& wanted) {
  ASSERT_EQ(seen.size(), wanted.size());
  for (const auto& [name, value] : wanted) {
    ASSERT_TRUE(seen.contains(name)) << name;
    EXPECT_NEAR(seen.at(name), value, 1e-9) << name;
  }
}

TEST_F(FindSensors, NothingIsFoundWhereNothingIs) {
  EXPECT_TRUE(find().empty());
  EXPECT_TRUE(find_sensors("/nothing/here").empty());
}

TEST_F(FindSensors, JetsonOrinHasItsGpuRailsAndZones) {
  sys.make_orin();
  const Sensors sensors = find();
  expect_near(values(sensors, Quantity::gpu_load), {{"17000000.gpu", 0.437}});
  expect_near(
      values(sensors, Quantity::power),
      {{"VDD_IN", 5.024 * 1.192}, {"VDD_CPU_GPU_CV", 5.024 * 0.304}, {"VDD_SOC", 5.016 * 0.4}});
  expect_near(values(sensors, Quantity::temperature),
              {{"cpu-thermal", 46.5}, {"gpu-thermal", 47}, {"tj-thermal", 48}});
  EXPECT_TRUE(values(sensors, Quantity::energy).empty());
  const auto is_part = parts(sensors);
  EXPECT_FALSE(is_part.at("VDD_IN"));
  EXPECT_TRUE(is_part.at("VDD_CPU_GPU_CV"));
  EXPECT_TRUE(is_part.at("VDD_SOC"));
}

TEST_F(FindSensors, ZoneThatGetsPowerLaterIsReadThen) {
  sys.make_orin();
  const Sensors sensors = find();
  sys.write("class/thermal/thermal_zone2/temp", "45218");
  EXPECT_NEAR(values(sensors, Quantity::temperature).at("cv0-thermal"), 45.218, 1e-9);
}

// Its rails feed parts side by side: none has the others in it.
TEST_F(FindSensors, JetsonAgxOrinHasNoRailOfTheWhole) {
  const auto rail = [&](const std::string& chip, const std::string& channel, const char* label) {
    sys.write("class/hwmon/" + chip + "/name", "ina3221");
    sys.write("class/hwmon/" + chip + "/in" + channel + "_label", label);
    sys.write("class/hwmon/" + chip + "/in" + channel + "_input", "20000");
    sys.write("class/hwmon/" + chip + "/curr" + channel + "_input", "100");
  };
  rail("hwmon2", "1", "VDD_GPU_SOC");
  rail("hwmon2", "2", "VDD_CPU_CV");
  rail("hwmon2", "3", "VIN_SYS_5V0");
  rail("hwmon3", "1", "NC");
  rail("hwmon3", "2", "VDDQ_VDD2_1V8AO");
  const Sensors sensors = find();
  expect_near(values(sensors, Quantity::power),
              {{"VDD_GPU_SOC", 2}, {"VDD_CPU_CV", 2}, {"VIN_SYS_5V0", 2}, {"VDDQ_VDD2_1V8AO", 2}});
  for (const auto& [name, is_part] : parts(sensors)) EXPECT_FALSE(is_part) << name;
}

TEST_F(FindSensors, JetsonNanoWithTheOlderDriver) {
  sys.write("devices/gpu.0/load", "0");
  const std::string device = "bus/i2c/drivers/ina3221x/6-0040/iio:device0/";
  for (const auto& [channel, label, milliwatts] : {std::tuple("0", "POM_5V_IN", "2158"),
                                                   {"1", "POM_5V_GPU", "41"},
                                                   {"2", "POM_5V_CPU", "456"}}) {
    sys.write(device + "rail_name_" + channel, label);
    sys.write(device + "in_power" + channel + "_input", milliwatts);
  }
  sys.write("class/thermal/thermal_zone0/type", "AO-therm");
  sys.write("class/thermal/thermal_zone0/temp", "37500");
  sys.write("class/thermal/thermal_zone1/type", "PMIC-Die");  // has no sensor
  sys.write("class/thermal/thermal_zone1/temp", "100000");
  const Sensors sensors = find();
  expect_near(values(sensors, Quantity::gpu_load), {{"gpu.0", 0}});
  expect_near(values(sensors, Quantity::power),
              {{"POM_5V_IN", 2.158}, {"POM_5V_GPU", 0.041}, {"POM_5V_CPU", 0.456}});
  expect_near(values(sensors, Quantity::temperature), {{"AO-therm", 37.5}});
  EXPECT_TRUE(parts(sensors).at("POM_5V_GPU"));
}

TEST_F(FindSensors, EnergyCountsFromItsFindingOverTheCountersEnd) {
  const auto domain = [&](const std::string& folder, const char* name, const char* microjoules) {
    sys.write("class/powercap/" + folder + "/name", name);
    sys.write("class/powercap/" + folder + "/max_energy_range_uj", "262143328850");
    sys.write("class/powercap/" + folder + "/energy_uj", microjoules);
  };
  domain("intel-rapl:0", "package-0", "262143000000");
  domain("intel-rapl:0:0", "core", "5000000");
  domain("intel-rapl:0:1", "dram", "7000000");
  domain("intel-rapl:1", "psys", "1");
  domain("intel-rapl-mmio:0", "package-0", "262143000000");  // the same once more
  const Sensors sensors = find();
  expect_near(values(sensors, Quantity::energy), {{"package-0", 0}, {"core", 0}, {"dram", 0}});
  EXPECT_FALSE(parts(sensors).at("package-0"));
  EXPECT_TRUE(parts(sensors).at("core"));
  EXPECT_FALSE(parts(sensors).at("dram"));
  sys.write("class/powercap/intel-rapl:0/energy_uj", "671150");  // 0.328850 J to its end
  sys.write("class/powercap/intel-rapl:0:0/energy_uj", "6500000");
  expect_near(values(sensors, Quantity::energy), {{"package-0", 1}, {"core", 1.5}, {"dram", 0}});
  sys.write("class/powercap/intel-rapl:0/energy_uj", "1671150");
  expect_near(values(sensors, Quantity::energy), {{"package-0", 2}, {"core", 1.5}, {"dram", 0}});
}

TEST_F(FindSensors, EnergyOfACounterWithoutAnEndStartsAnewAtZero) {
  sys.write("class/hwmon/hwmon0/name", "amd_energy");
  sys.write("class/hwmon/hwmon0/energy1_label", "Ecore000");
  sys.write("class/hwmon/hwmon0/energy1_input", "900");
  sys.write("class/hwmon/hwmon0/energy2_label", "Esocket0");
  sys.write("class/hwmon/hwmon0/energy2_input", "5000000");
  const Sensors sensors = find();
  EXPECT_TRUE(parts(sensors).at("Ecore000"));
  EXPECT_FALSE(parts(sensors).at("Esocket0"));
  sys.write("class/hwmon/hwmon0/energy2_input", "2000000");
  EXPECT_NEAR(values(sensors, Quantity::energy).at("Esocket0"), 2, 1e-9);
}

TEST_F(FindSensors, AmdGpuOfAPc) {
  sys.write("devices/pci/0000:03:00.0/gpu_busy_percent", "37");
  sys.link("class/drm/card0/device", "devices/pci/0000:03:00.0");
  sys.link("class/drm/card0-DP-1/device", "devices/pci/0000:03:00.0");
  sys.write("class/hwmon/hwmon4/name", "amdgpu");
  sys.write("class/hwmon/hwmon4/power1_average", "33000000");
  const Sensors sensors = find();
  expect_near(values(sensors, Quantity::gpu_load), {{"card0", 0.37}});
  expect_near(values(sensors, Quantity::power), {{"amdgpu", 33}});
}

TEST_F(FindSensors, SameNamesAreToldApart) {
  for (const char* zone : {"0", "1", "10"}) {
    sys.write(std::string("class/thermal/thermal_zone") + zone + "/type", "acpitz");
    sys.write(std::string("class/thermal/thermal_zone") + zone + "/temp",
              "2700" + std::string(zone));
  }
  expect_near(values(find(), Quantity::temperature),
              {{"acpitz", 27.000}, {"acpitz-2", 27.001}, {"acpitz-3", 270.010}});
}

// What a sensor cannot mean, and files that are damaged, are no values.
TEST_F(FindSensors, WhatIsDamagedHasNoValue) {
  sys.make_orin();
  sys.write("devices/platform/bus@0/17000000.gpu/load", "1001");
  sys.write("class/hwmon/hwmon1/in1_input", "5024 mV");
  sys.write("class/hwmon/hwmon1/curr2_input", "99999999999999999999999");
  sys.remove("class/hwmon/hwmon1/curr3_input");
  sys.write("class/thermal/thermal_zone0/temp", "-256000");
  sys.write("class/thermal/thermal_zone1/temp", "warm");
  sys.remove("class/thermal/thermal_zone3/temp");
  sys.write("class/powercap/intel-rapl:0/name", "package-0");  // without energy_uj, as for non-root
  sys.write("class/hwmon/hwmonx/name", "");
  sys.write("class/hwmon/hwmonx/power1_input", "");
  sys.write("class/hwmon/hwmonx/power99999_input", "1");
  sys.write("class/hwmon/hwmonx/power-1_input", "1");
  for (const auto& sensor : find()) {
    EXPECT_FALSE(sensor->read()) << sensor->name().name;
  }
}

TEST_F(FindSensors, SensorThatGoesAwayHasNoValueAnyMore) {
  sys.make_orin();
  const Sensors sensors = find();
  sys.remove("class");
  sys.remove("devices");
  for (const auto& sensor : sensors) EXPECT_FALSE(sensor->read()) << sensor->name().name;
}

}  // namespace
}  // namespace jnlp
