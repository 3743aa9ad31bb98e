#include "server/kserve_routes.h"

#include <fmt/format.h>

#include <memory>

#include "base/json.h"
#include "report/build_info.h"
#include "server/kserve_models.h"
#include "server/stages.h"

namespace jnlp {
namespace {

constexpr std::string_view kVersion = "1";

using Models = std::vector<KserveModel>;

const KserveModel& named_model(const Models& models, const http::Request& request) {
  const std::string_view name = request.param("name");
  const std::string_view version = request.param("version");
  for (const KserveModel& model : models) {
    if (model.name != name) continue;
    if (!version.empty() && version != kVersion) {
      throw Error(ErrorCode::not_found,
                  fmt::format("the model '{}' has version {}, not {}", name, kVersion, version));
    }
    return model;
  }
  throw Error(ErrorCode::not_found, fmt::format("there is no model '{}'", name));
}

OrderedJson tensors_json(const std::vector<KserveModel::Tensor>& tensors) {
  OrderedJson json = OrderedJson::array();
  for (const KserveModel::Tensor& tensor : tensors) {
    json.push_back({{"name", tensor.name}, {"datatype", tensor.datatype}, {"shape", tensor.shape}});
  }
  return json;
}

http::Response describe(const KserveModel& model) {
  return http::Response::json(dump_json(OrderedJson{{"name", model.name},
                                                    {"versions", OrderedJson::array({kVersion})},
                                                    {"platform", "jetson-nlp " + model.platform()},
                                                    {"inputs", tensors_json(model.inputs)},
                                                    {"outputs", tensors_json(model.outputs)}}));
}

http::Begun infer(const KserveModel& model, const http::Request& request) {
  return model.infer(request, shared(parse_kserve_request(request)));
}

http::Response readiness(OrderedJson body, const char* name, bool is_ready) {
  body[name] = is_ready;
  return http::Response::json(dump_json(body), is_ready ? 200 : 503);
}

}  // namespace

void add_kserve_routes(const ServerModels& models, std::function<bool()> is_ready,
                       http::Router* router) {
  router->add_quick("GET", "/v2", [](const http::Request&) {
    return http::Response::json(
        dump_json(OrderedJson{{"name", "jetson-nlp"},
                              {"version", kBuildVersion},
                              {"extensions", OrderedJson::array({"binary_tensor_data"})}}));
  });
  router->add_quick("GET", "/v2/health/live", [](const http::Request&) {
    return readiness(OrderedJson::object(), "live", true);
  });
  router->add_quick("GET", "/v2/health/ready", [is_ready](const http::Request&) {
    return readiness(OrderedJson::object(), "ready", is_ready());
  });
  const auto all = std::make_shared<const Models>(kserve_models(models));
  for (const std::string path : {"/v2/models/{name}", "/v2/models/{name}/versions/{version}"}) {
    router->add("GET", path, [all](const http::Request& request) {
      return describe(named_model(*all, request));
    });
    router->add_quick("GET", path + "/ready", [all](const http::Request& request) {
      const KserveModel& model = named_model(*all, request);
      return readiness({{"name", model.name}}, "ready", model.is_ready());
    });
    router->add_staged("POST", path + "/infer", [all](const http::Request& request) {
      return infer(named_model(*all, request), request);
    });
  }
}

}  // namespace jnlp
