#pragma once

#include <memory>
#include <vector>

#include "cli/server_options.h"
#include "serve/cached_results.h"
#include "server/memory_budget.h"
#include "server/metrics.h"
#include "server/model_loading.h"
#include "server/server_models.h"

namespace jnlp {

/// What a server with these flags has to load, each into its slot of `models`; the tasks of which
/// the flags name no model get the default ones, as far as they are on this machine; what does not
/// fit into `budget` is not loaded. All arguments must outlive the loading and the server.
std::vector<ModelToLoad> plan_server_models(const ServerFlags& flags, CachedResults& cache,
                                            const Metrics& metrics, const MemoryBudget& budget,
                                            ServerModels& models);

}  // namespace jnlp
