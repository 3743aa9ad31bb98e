#pragma once

#include <functional>
#include <string>
#include <vector>

#include "device/reading.h"
#include "http/router.h"
#include "http/server.h"
#include "serve/cached_results.h"
#include "server/chat_answers.h"
#include "server/memory_budget.h"
#include "server/metrics.h"
#include "server/model_loading.h"
#include "server/request_gate.h"
#include "server/server_models.h"
#include "server/tei_routes.h"

namespace jnlp {

/// What the routes look at; all of it must outlive the router.
struct ServerParts {
  const ServerModels& models;
  ModelLoading& loading;
  const Metrics& metrics;
  const CachedResults& cache;
  ChatAnswers& answers;
  const RequestGate& gate;
  const MemoryBudget& budget;
  std::function<void(const std::string& line)> say;  ///< for the log
  std::function<bool()> is_draining;
  std::function<http::ServerStats()> http;
  TeiLimits limits;
  std::function<std::vector<Reading>()> device = [] { return std::vector<Reading>(); };
};

/// All routes of the server. openapi.json describes each of them; a test compares both.
void add_server_routes(const ServerParts& parts, http::Router* router);

}  // namespace jnlp
