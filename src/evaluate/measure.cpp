#include "evaluate/measure.h"

#include "report/statistics.h"

namespace jnlp {

void set_latencies(const std::vector<double>& milliseconds, Performance* performance) {
  performance->latency_p50_ms = quantile(milliseconds, 0.50);
  performance->latency_p95_ms = quantile(milliseconds, 0.95);
  performance->latency_p99_ms = quantile(milliseconds, 0.99);
  performance->latency_mean_ms = mean(milliseconds);
  performance->latency_max_ms = quantile(milliseconds, 1);
}

}  // namespace jnlp
