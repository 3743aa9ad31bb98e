#include "server/device_metrics.h"

#include <fmt/format.h>

#include <array>

#include "base/utf8.h"

namespace jnlp {
namespace {

struct Series {
  Quantity quantity;
  const char* name;
  const char* label;
  bool has_parts;
  bool is_counter;
  const char* help;
};

constexpr std::array kSeries = {
    Series{Quantity::gpu_load, "gpu_busy_ratio", "gpu", false, false,
           "Share of time that the GPU is busy."},
    Series{Quantity::power, "power_watts", "rail", true, false,
           "Power now; parts are in a total already."},
    Series{Quantity::energy, "energy_joules_total", "domain", true, true,
           "Energy since the start; parts are in a total already."},
    Series{Quantity::temperature, "temperature_celsius", "zone", false, false,
           "Temperature by thermal zone."},
};

}  // namespace

void add_device_samples(const std::vector<Reading>& readings, std::vector<Sample>* samples) {
  for (const Series& series : kSeries) {
    for (const Reading& reading : readings) {
      if (reading.sensor.quantity != series.quantity) continue;
      std::string labels = fmt::format("{}=\"{}\"", series.label, label_value(reading.sensor.name));
      if (series.has_parts) {
        labels += reading.sensor.is_part ? ",scope=\"part\"" : ",scope=\"total\"";
      }
      samples->push_back(
          {series.name, std::move(labels), reading.value, series.is_counter, series.help});
    }
  }
}

OrderedJson device_json(const std::vector<Reading>& readings) {
  OrderedJson all = OrderedJson::array();
  for (const Reading& reading : readings) {
    OrderedJson json = {{"sensor", reading.sensor.name},
                        {"unit", unit_of(reading.sensor.quantity)},
                        {"value", reading.value}};
    if (reading.sensor.is_part) json["part"] = true;
    all.push_back(std::move(json));
  }
  return all;
}

std::string label_value(const std::string& text) {
  std::string escaped;
  for (const char c : replace_invalid_utf8(text)) {
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return escaped;
}

}  // namespace jnlp
