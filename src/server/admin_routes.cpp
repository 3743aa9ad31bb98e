#include "server/admin_routes.h"

#include <algorithm>

#include "base/json.h"
#include "report/process.h"
#include "server/request_fields.h"

namespace jnlp {
namespace {

OrderedJson status_json(const ModelLoading::Status& status) {
  OrderedJson json = {
      {"task", status.task}, {"model", status.model}, {"state", to_string(status.state)}};
  if (status.state == ModelLoading::State::ready) json["load_seconds"] = status.seconds;
  if (!status.reason.empty()) json["reason"] = status.reason;
  if (!status.next.empty()) json["loading"] = status.next;
  if (!status.failed.empty()) json["last_failure"] = status.failed;
  return json;
}

http::Response list(const AdminSources& sources) {
  OrderedJson models = OrderedJson::array();
  for (const ModelLoading::Status& status : sources.loading.statuses()) {
    models.push_back(status_json(status));
  }
  OrderedJson memory = {{"resident_bytes", memory_use().resident}};
  if (sources.budget.bytes() > 0) memory["budget_bytes"] = sources.budget.bytes();
  return http::Response::json(
      dump_json(OrderedJson{{"models", std::move(models)}, {"memory", std::move(memory)}}));
}

// The system would take a path with NUL in it for another one.
void check_name(const std::string& model) {
  constexpr size_t kLongest = 4096;
  if (model.empty()) fail_field("model", "is empty; \"none\" unloads");
  if (model.size() > kLongest) fail_field("model", "is too long for a name or a path");
  if (std::any_of(model.begin(), model.end(), [](unsigned char c) { return c < 0x20; })) {
    fail_field("model", "has a control character");
  }
}

http::Response change(const AdminSources& sources, const http::Request& request) {
  const RequestFields fields(request);
  const std::string task = fields.text("task");
  const std::string model = fields.text("model");
  check_name(model);
  const ModelLoading::Status status = sources.loading.change(task, model);
  sources.say(status_line(status));
  return http::Response::json(dump_json(status_json(status)));
}

}  // namespace

void add_admin_routes(const AdminSources& sources, http::Router* router) {
  router->add("GET", "/admin/models", [sources](const http::Request&) { return list(sources); });
  router->add("POST", "/admin/models",
              [sources](const http::Request& request) { return change(sources, request); });
}

}  // namespace jnlp
