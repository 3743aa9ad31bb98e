#include "server/device_metrics.h"

#include <gtest/gtest.h>

namespace jnlp {
namespace {

const std::vector<Reading> kReadings = {
    {{Quantity::temperature, "cpu \"hot\"\n\\"}, 46.5},
    {{Quantity::power, "VDD_IN"}, 6},
    {{Quantity::gpu_load, "17000000.gpu"}, 0.25},
    {{Quantity::power, "VDD_SOC", true}, 2},
    {{Quantity::energy, "package-0"}, 12.5},
};

TEST(DeviceMetrics, EachQuantityIsASeries) {
  std::vector<Sample> samples;
  add_device_samples(kReadings, &samples);
  const std::string text = Metrics({}, {}).text(samples);
  for (const char* line :
       {"\n# TYPE jetson_nlp_gpu_busy_ratio gauge\njetson_nlp_gpu_busy_ratio{gpu=\"17000000.gpu\"} "
        "0.25\n",
        "\n# TYPE jetson_nlp_power_watts gauge\n"
        "jetson_nlp_power_watts{rail=\"VDD_IN\",scope=\"total\"} 6\n"
        "jetson_nlp_power_watts{rail=\"VDD_SOC\",scope=\"part\"} 2\n",
        "\n# TYPE jetson_nlp_energy_joules_total counter\n"
        "jetson_nlp_energy_joules_total{domain=\"package-0\",scope=\"total\"} 12.5\n",
        "\njetson_nlp_temperature_celsius{zone=\"cpu \\\"hot\\\" \\\\\"} 46.5\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nin\n" << text;
  }
}

TEST(DeviceMetrics, WhatHasNoReadingHasNoSeries) {
  std::vector<Sample> samples;
  add_device_samples({}, &samples);
  EXPECT_TRUE(samples.empty());
  EXPECT_EQ(dump_json(device_json({})), "[]");
}

TEST(DeviceMetrics, JsonNamesSensorAndUnit) {
  const OrderedJson json = device_json(kReadings);
  EXPECT_EQ(dump_json(json[1]), R"({"sensor":"VDD_IN","unit":"watts","value":6.0})");
  EXPECT_EQ(dump_json(json[3]), R"({"sensor":"VDD_SOC","unit":"watts","value":2.0,"part":true})");
}

}  // namespace
}  // namespace jnlp
