#include "server/server_routes.h"

#include "server/api_documents.h"
#include "server/health_routes.h"
#include "server/kserve_routes.h"
#include "server/metrics_route.h"
#include "server/pipeline_routes.h"
#include "server/task_routes.h"

namespace jnlp {

void add_server_routes(const ServerParts& parts, http::Router* router) {
  add_health_routes({parts.loading, parts.is_draining}, router);
  add_task_routes(parts.models, router);
  add_metrics_route({parts.metrics, parts.models, parts.cache, parts.http}, router);
  add_tei_routes(parts.models, parts.limits, router);
  add_pipeline_routes(parts.models, router);
  add_kserve_routes(
      parts.models,
      [&loading = parts.loading, draining = parts.is_draining] {
        return loading.done() && !draining();
      },
      router);
  add_document_routes(router);
}

}  // namespace jnlp
