#include "server/server_routes.h"

#include "server/admin_routes.h"
#include "server/api_documents.h"
#include "server/chat_socket.h"
#include "server/health_routes.h"
#include "server/kserve_routes.h"
#include "server/metrics_route.h"
#include "server/openai_chat.h"
#include "server/openai_embeddings.h"
#include "server/openai_models.h"
#include "server/pipeline_routes.h"
#include "server/task_routes.h"

namespace jnlp {

void add_server_routes(const ServerParts& parts, http::Router* router) {
  add_health_routes({parts.loading, parts.is_draining, parts.device}, router);
  add_task_routes(parts.models, router);
  add_metrics_route({parts.metrics, parts.models, parts.loading, parts.cache, parts.gate,
                     parts.http, parts.device},
                    router);
  add_admin_routes({parts.loading, parts.budget, parts.say}, router);
  add_tei_routes(parts.models, parts.limits, router);
  add_pipeline_routes(parts.models, router);
  add_kserve_routes(
      parts.models,
      [&loading = parts.loading, draining = parts.is_draining] {
        return loading.done() && !draining();
      },
      router);
  add_openai_chat_routes(parts.models, parts.answers, router);
  add_openai_embedding_route(parts.models, router);
  add_openai_model_routes(parts.models, router);
  add_chat_socket(parts.models, parts.answers, router);
  add_document_routes(router);
}

}  // namespace jnlp
