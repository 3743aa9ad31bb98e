#include "evaluate/share_metrics.h"

#include <algorithm>
#include <span>

namespace jnlp {

Metric share_metric(const std::string& key, const std::string& name, const std::vector<bool>& right,
                    const EvaluateOptions& options) {
  const auto count = static_cast<double>(right.size());
  const auto resampled = [&](std::span<const uint32_t> drawn) {
    const auto hits =
        std::count_if(drawn.begin(), drawn.end(), [&](uint32_t i) { return right[i]; });
    return std::vector<double>{static_cast<double>(hits) / count};
  };
  const auto intervals =
      bootstrap_intervals(right.size(), resampled, {options.resamples, 0.95, options.seed});
  const auto hits = std::count(right.begin(), right.end(), true);
  return {key, name, static_cast<double>(hits) / count, intervals.front()};
}

}  // namespace jnlp
