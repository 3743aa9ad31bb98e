#include "evaluate/share_metrics.h"

#include <algorithm>

#include "evaluate/metrics/wilson.h"

namespace jnlp {

Metric share_metric(const std::string& key, const std::string& name,
                    const std::vector<bool>& right) {
  const auto hits = static_cast<size_t>(std::count(right.begin(), right.end(), true));
  return {key, name, static_cast<double>(hits) / static_cast<double>(right.size()),
          wilson_interval(hits, right.size())};
}

}  // namespace jnlp
