#pragma once

#include <functional>
#include <vector>

#include "device/reading.h"
#include "http/router.h"
#include "http/server.h"
#include "serve/cached_results.h"
#include "server/metrics.h"
#include "server/model_loading.h"
#include "server/request_gate.h"
#include "server/server_models.h"

namespace jnlp {

/// What GET /metrics looks at; must outlive the router.
struct MetricsSources {
  const Metrics& metrics;
  const ServerModels& models;
  const ModelLoading& loading;
  const CachedResults& cache;
  const RequestGate& gate;
  std::function<http::ServerStats()> http;
  std::function<std::vector<Reading>()> device;
};

/// GET /metrics: Prometheus' text format.
void add_metrics_route(const MetricsSources& sources, http::Router* router);

}  // namespace jnlp
