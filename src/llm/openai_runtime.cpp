#include "llm/openai_runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "base/error.h"
#include "llm/json_fields.h"
#include "llm/openai_stream.h"
#include "llm/server_client.h"
#include "llm/server_process.h"

namespace jnlp {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

ServerAddress address_of(const OpenAiOptions& options) {
  std::string url = options.url.empty() ? environment("OPENAI_BASE_URL") : options.url;
  if (url.empty()) url = "http://127.0.0.1:8080";
  while (url.ends_with('/')) url.pop_back();
  if (url.ends_with("/v1")) url.resize(url.size() - 3);
  return {.name = "the server",
          .url = url,
          .token = options.api_key.empty() ? environment("OPENAI_API_KEY") : options.api_key,
          .start_hint =
              "start it (for example 'llama-server -m MODEL.gguf', or 'vllm serve "
              "MODEL'), or give its address"};
}

class OpenAiRuntime : public LlmRuntime {
 public:
  explicit OpenAiRuntime(const OpenAiOptions& options)
      : name_(options.model), client_(address_of(options)), memory_(client_.url()) {}

  std::string method() const override { return "openai"; }
  std::string model() const override { return name_ + " at " + client_.url(); }
  RuntimeLoad load() override;
  OrderedJson facts() const override { return facts_; }
  RuntimeAnswer generate(const RuntimeRequest& request) override;
  std::optional<int64_t> peak_memory() const override { return memory_.peak(); }

 private:
  std::vector<Json> listed_models();
  void choose_model();

  std::string name_;
  ServerClient client_;
  ServerMemory memory_;
  OrderedJson facts_;
  std::string fingerprint_;
};

// None where the server has no list of them.
std::vector<Json> OpenAiRuntime::listed_models() {
  const std::optional<Json> answer = client_.find("/v1/models");
  const Json* data = answer ? field(*answer, "data") : nullptr;
  if (data == nullptr || !data->is_array()) return {};
  return {data->begin(), data->end()};
}

void OpenAiRuntime::choose_model() {
  const std::vector<Json> models = listed_models();
  std::string names;
  for (const Json& model : models) {
    const std::string id = text_field(model, "id");
    names += (names.empty() ? "" : ", ") + id;
    if (id != name_ && !(name_.empty() && models.size() == 1)) continue;
    name_ = id;
    facts_["owned_by"] = text_field(model, "owned_by");
    if (const Json* meta = field(model, "meta")) facts_["meta"] = *meta;
    return;
  }
  if (name_.empty()) {
    throw Error(ErrorCode::invalid_input, fmt::format("choose one of the server's models: {}",
                                                      names.empty() ? "it lists none" : names));
  }
  if (!models.empty()) {
    throw Error(ErrorCode::not_found, fmt::format("the server at {} has no model '{}'; it has: {}",
                                                  client_.url(), name_, names));
  }
}

RuntimeLoad OpenAiRuntime::load() {
  memory_.restart();
  facts_ = {{"url", client_.url()}};
  choose_model();
  generate({.prompt = kLoadPrompt, .max_tokens = 1});  // says early what would say it later
  if (!fingerprint_.empty()) facts_["system_fingerprint"] = fingerprint_;
  facts_["memory"] = "sum of VmRSS of the server's processes, looked at every 50 ms";
  RuntimeLoad load;
  load.note = "load: not measured, the server had its model loaded before";
  return load;
}

RuntimeAnswer OpenAiRuntime::generate(const RuntimeRequest& request) {
  Json body = {{"model", name_},   {"max_tokens", request.max_tokens},
               {"temperature", 0}, {"seed", 0},
               {"stream", true},   {"stream_options", {{"include_usage", true}}}};
  if (!request.stop.empty()) body["stop"] = request.stop;
  if (request.chat) {
    body["messages"] = Json::array({{{"role", "user"}, {"content", request.prompt}}});
  } else {
    body["prompt"] = request.prompt;
  }
  const ServerMemory::Watch watch(&memory_);
  OpenAiStream answer;
  client_.stream(request.chat ? "/v1/chat/completions" : "/v1/completions", body, &answer);
  fingerprint_ = answer.fingerprint();
  return answer.finish();
}

}  // namespace

std::unique_ptr<LlmRuntime> make_openai_runtime(const OpenAiOptions& options) {
  return std::make_unique<OpenAiRuntime>(options);
}

}  // namespace jnlp
