#pragma once

#include <vector>

#include "base/json.h"
#include "device/reading.h"
#include "server/metrics.h"

namespace jnlp {

/// The device's readings as series: gpu_busy_ratio{gpu}, power_watts{rail,scope},
/// energy_joules_total{domain,scope}, temperature_celsius{zone}. `scope` is "part" for what another
/// series has in it already, else "total". What has no reading has no series.
void add_device_samples(const std::vector<Reading>& readings, std::vector<Sample>* samples);

/// The same as JSON: [{"sensor", "unit", "value"}], with "part": true for parts.
OrderedJson device_json(const std::vector<Reading>& readings);

/// A value of a label, without the characters that would end it.
std::string label_value(const std::string& text);

}  // namespace jnlp
