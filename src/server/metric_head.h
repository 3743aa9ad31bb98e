#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>

namespace jnlp {

/// What the names of all our metrics begin with.
inline constexpr std::string_view kMetricPrefix = "jetson_nlp_";

/// The lines of Prometheus' text format that stand before a metric's values. `name` is without the
/// prefix.
inline void write_metric_head(std::string_view name, std::string_view type, std::string_view help,
                              std::string* out) {
  fmt::format_to(std::back_inserter(*out), "# HELP {0}{1} {2}\n# TYPE {0}{1} {3}\n", kMetricPrefix,
                 name, help, type);
}

}  // namespace jnlp
