#pragma once

#include "http/router.h"
#include "server/server_models.h"

namespace jnlp {

/// GET /v1/models        the models that OpenAI's routes can be asked with and that are loaded
/// GET /v1/models/{id}   one of them; a slash in its name is sent as %2F
/// `models` must outlive the router.
void add_openai_model_routes(const ServerModels& models, http::Router* router);

}  // namespace jnlp
