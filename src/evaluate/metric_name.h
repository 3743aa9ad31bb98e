#pragma once

#include <span>
#include <vector>

#include "evaluate/task_report.h"

namespace jnlp {

/// What a metric of a task is called, for machines and for people.
struct MetricName {
  const char* key;
  const char* name;
  bool in_table;
};

/// Metrics of the values with their intervals, one for each name.
inline std::vector<Metric> named_metrics(std::span<const MetricName> names,
                                         const std::vector<double>& values,
                                         const std::vector<Interval>& intervals) {
  std::vector<Metric> metrics;
  for (size_t i = 0; i < values.size(); ++i) {
    metrics.push_back({names[i].key, names[i].name, values[i], intervals[i], names[i].in_table});
  }
  return metrics;
}

}  // namespace jnlp
