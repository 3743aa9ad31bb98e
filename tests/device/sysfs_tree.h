#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "support/paths.h"

namespace jnlp::test {

/// A made-up /sys: files as Linux shows them on devices that this test does not run on.
class SysfsTree {
 public:
  const std::filesystem::path& path() const { return directory_.path(); }

  void write(const std::string& name, const std::string& text) {
    const std::filesystem::path file = path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text << "\n";
  }
  void link(const std::string& name, const std::string& target) {
    const std::filesystem::path file = path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::filesystem::create_directory_symlink(path() / target, file);
  }
  void remove(const std::string& name) { std::filesystem::remove_all(path() / name); }

  /// A Jetson Orin Nano or NX with JetPack 6: its GPU, the INA3221 with its three rails, thermal
  /// zones, of which those of the vision accelerators have no power.
  void make_orin() {
    const std::string gpu = "devices/platform/bus@0/17000000.gpu";
    write(gpu + "/load", "437");
    write(gpu + "/devfreq/17000000.gpu/cur_freq", "624750000");
    link(gpu + "/devfreq/17000000.gpu/device", gpu);
    link("class/devfreq/17000000.gpu", gpu + "/devfreq/17000000.gpu");
    link("devices/platform/gpu.0", gpu);
    link("devices/gpu.0", gpu);
    write("class/hwmon/hwmon1/name", "ina3221");
    rail(1, "VDD_IN", "5024", "1192");
    rail(2, "VDD_CPU_GPU_CV", "5024", "304");
    rail(3, "VDD_SOC", "5016", "400");
    write("class/hwmon/hwmon1/in7_label", "sum of shunt voltages");
    write("class/hwmon/hwmon1/in7_input", "9");
    int number = 0;
    for (const char* zone : {"cpu-thermal", "gpu-thermal", "cv0-thermal", "tj-thermal"}) {
      const std::string folder = "class/thermal/thermal_zone" + std::to_string(number++);
      write(folder + "/type", zone);
      write(folder + "/temp", zone[1] == 'v' ? "" : std::to_string(46'000 + number * 500));
    }
    write("class/thermal/cooling_device0/type", "pwm-fan");
  }

 private:
  void rail(int channel, const std::string& label, const std::string& millivolts,
            const std::string& milliamperes) {
    const std::string number = std::to_string(channel);
    write("class/hwmon/hwmon1/in" + number + "_label", label);
    write("class/hwmon/hwmon1/in" + number + "_input", millivolts);
    write("class/hwmon/hwmon1/curr" + number + "_input", milliamperes);
  }

  TemporaryDir directory_;
};

}  // namespace jnlp::test
