#pragma once

#include <functional>
#include <string>

#include "http/router.h"
#include "server/memory_budget.h"
#include "server/model_loading.h"

namespace jnlp {

/// What the routes under /admin work with; must outlive the router.
struct AdminSources {
  ModelLoading& loading;
  const MemoryBudget& budget;
  std::function<void(const std::string& line)> say;  ///< for the server's log
};

/// GET  /admin/models  each task's model and state, and memory
/// POST /admin/models  {"task": "sentiment", "model": "NAME"} loads NAME and puts it in the place
/// of
///   the model before; "none" unloads. Answers when it is done; what runs finishes with the old
///   one.
/// RequestGate lets nobody in without a key.
void add_admin_routes(const AdminSources& sources, http::Router* router);

}  // namespace jnlp
