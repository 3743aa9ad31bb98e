#include "server/openai_models.h"

#include <fmt/format.h>

#include <ctime>

#include "base/json.h"
#include "server/openai_error.h"

namespace jnlp {
namespace {

OrderedJson model_json(const std::string& name, std::time_t created) {
  return {{"id", name}, {"object", "model"}, {"created", created}, {"owned_by", "jetson-nlp"}};
}

OrderedJson models_json(const ServerModels& models, std::time_t created) {
  OrderedJson list = OrderedJson::array();
  if (const auto chat = models.chat.find()) list.push_back(model_json(chat->facts.model, created));
  const auto embedding = models.embedding.find();
  if (embedding != nullptr) list.push_back(model_json(embedding->facts().model, created));
  return list;
}

http::Response model_named(const ServerModels& models, std::string_view id, std::time_t created) {
  for (const OrderedJson& model : models_json(models, created)) {
    if (model.at("id") == id) return http::Response::json(dump_json(model));
  }
  return openai_error_response(OpenAiError(404, fmt::format("the model '{}' is not served", id),
                                           "model", "model_not_found"));
}

}  // namespace

void add_openai_model_routes(const ServerModels& models, http::Router* router) {
  const std::time_t created = std::time(nullptr);
  router->add_quick("GET", "/v1/models", [&models, created](const http::Request&) {
    return http::Response::json(
        dump_json(OrderedJson{{"object", "list"}, {"data", models_json(models, created)}}));
  });
  router->add_quick("GET", "/v1/models/{id}", [&models, created](const http::Request& request) {
    return model_named(models, request.param("id"), created);
  });
}

}  // namespace jnlp
