#pragma once

#include <functional>
#include <vector>

#include "device/reading.h"
#include "http/router.h"
#include "server/model_loading.h"

namespace jnlp {

/// What the routes of health look at; must outlive the router.
struct HealthSources {
  const ModelLoading& loading;
  std::function<bool()> is_draining;
  std::function<std::vector<Reading>()> device;
};

/// GET /health   the tutorial's: state, models, version, uptime, memory and the device; 200 also
/// while loading GET /livez    200 as long as the process answers GET /readyz   200 when all models
/// are loaded; 503 while they are being loaded or the server ends
void add_health_routes(const HealthSources& sources, http::Router* router);

}  // namespace jnlp
