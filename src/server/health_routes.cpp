#include "server/health_routes.h"

#include "base/json.h"
#include "base/stopwatch.h"
#include "report/build_info.h"
#include "report/process.h"
#include "server/device_metrics.h"

namespace jnlp {
namespace {

OrderedJson models_json(const ModelLoading& loading) {
  OrderedJson models = OrderedJson::object();
  for (const ModelLoading::Status& status : loading.statuses()) {
    OrderedJson& model = models[status.task];
    model = {{"model", status.model}, {"state", to_string(status.state)}};
    if (status.state == ModelLoading::State::ready) model["load_seconds"] = status.seconds;
    if (!status.reason.empty()) model["reason"] = status.reason;
  }
  return models;
}

const char* state_of(const HealthSources& sources) {
  if (sources.is_draining()) return "draining";
  return sources.loading.done() ? "healthy" : "loading";
}

}  // namespace

void add_health_routes(const HealthSources& sources, http::Router* router) {
  const Stopwatch since_start;
  router->add_quick("GET", "/health", [sources, since_start](const http::Request&) {
    const MemoryUse memory = memory_use();
    return http::Response::json(dump_json(OrderedJson{{"status", state_of(sources)},
                                                      {"models", models_json(sources.loading)},
                                                      {"version", kBuildVersion},
                                                      {"commit", kBuildCommit},
                                                      {"uptime_seconds", since_start.seconds()},
                                                      {"resident_bytes", memory.resident},
                                                      {"device", device_json(sources.device())}}));
  });
  router->add_quick("GET", "/livez",
                    [](const http::Request&) { return http::Response::text("ok\n"); });
  router->add_quick("GET", "/readyz", [sources](const http::Request&) {
    const std::string state = state_of(sources);
    return http::Response::json(
        dump_json(OrderedJson{{"status", state}, {"models", models_json(sources.loading)}}),
        state == "healthy" ? 200 : 503);
  });
}

}  // namespace jnlp
