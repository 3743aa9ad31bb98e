#include "llm/ollama_runtime.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/stopwatch.h"
#include "hub/checksum.h"
#include "llm/json_fields.h"
#include "llm/ollama_stream.h"
#include "llm/page_cache.h"
#include "llm/server_client.h"
#include "llm/server_process.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKeepAlive = "30m";  // longer than the pause between two requests
constexpr double kUnloadSeconds = 60;

std::string url_of(const OllamaOptions& options) {
  if (!options.url.empty()) return ollama_url(options.url);
  const char* host = std::getenv("OLLAMA_HOST");
  return ollama_url(host == nullptr ? "" : host);
}

// Letters, digits, '-', '_' and '.' are what Ollama allows in a name.
std::string name_after(const fs::path& gguf) {
  std::string name;
  for (const char c : gguf.stem().string()) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte < 0x80 && (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.');
    name += plain ? static_cast<char>(std::tolower(byte)) : '-';
  }
  return "jetson-nlp-" + name;
}

// What has to be the same in all requests, since Ollama loads the model anew when it is not.
Json options_of_load(const OllamaOptions& options) {
  Json json = Json::object();
  if (options.threads > 0) json["num_thread"] = options.threads;
  if (options.gpu_layers) json["num_gpu"] = *options.gpu_layers;
  if (options.context_size > 0) json["num_ctx"] = options.context_size;
  return json;
}

// The weights' file on the server's disk, from a Modelfile's line "FROM <path>".
fs::path weights_path(const std::string& modelfile) {
  constexpr std::string_view kFrom = "\nFROM /";
  const size_t begin = modelfile.find(kFrom);
  if (begin == std::string::npos) return {};
  const size_t path = begin + kFrom.size() - 1;
  return modelfile.substr(path, modelfile.find('\n', path) - path);
}

class OllamaRuntime : public LlmRuntime {
 public:
  explicit OllamaRuntime(const OllamaOptions& options);
  ~OllamaRuntime() override;

  std::string method() const override { return "ollama"; }
  std::string model() const override { return name_ + " at " + client_.url(); }
  std::string weights() const override { return options_.gguf.string(); }
  RuntimeLoad load() override;
  OrderedJson facts() const override { return facts_; }
  RuntimeAnswer generate(const RuntimeRequest& request) override;
  std::optional<int64_t> peak_memory() const override { return memory_.peak(); }
  std::optional<int64_t> device_memory() override;

 private:
  std::optional<Json> show();
  Json find_or_make();
  void make_from_file(const std::string& digest);
  void unload();
  bool is_loaded(Json* entry);
  double timed_load();
  Json request_for(const RuntimeRequest& request) const;
  void note_facts(const Json& shown);

  OllamaOptions options_;
  std::string name_;
  ServerClient client_;
  ServerMemory memory_;
  OrderedJson facts_;
  bool made_ = false;
  bool loaded_ = false;
};

ServerAddress address_of(const OllamaOptions& options) {
  return {.name = "Ollama",
          .url = url_of(options),
          .start_hint =
              "install it from https://ollama.com/download and start it with 'ollama "
              "serve', or set OLLAMA_HOST to where it runs"};
}

OllamaRuntime::OllamaRuntime(const OllamaOptions& options)
    : options_(options),
      name_(options.model.empty() ? name_after(options.gguf) : options.model),
      client_(address_of(options)),
      memory_(client_.url()) {
  if (options.model.empty() && options.gguf.empty()) {
    throw Error(ErrorCode::invalid_input, "Ollama needs the name of a model or a GGUF file");
  }
}

OllamaRuntime::~OllamaRuntime() {
  if (!loaded_) return;
  try {
    unload();
  } catch (const Error&) {  // it is gone: so is what it had in memory
  }
}

// Nothing when Ollama has no such model.
std::optional<Json> OllamaRuntime::show() {
  try {
    return client_.post("/api/show", {{"model", name_}});
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    return std::nullopt;
  }
}

Json OllamaRuntime::find_or_make() {
  facts_["version"] = text_field(client_.get("/api/version"), "version");
  std::optional<Json> shown = show();
  if (!options_.gguf.empty()) {
    const std::string digest = sha256_of_file(options_.gguf);
    if (shown && text_field(*shown, "modelfile").find(digest) == std::string::npos) {
      throw Error(
          ErrorCode::invalid_input,
          fmt::format("Ollama's model '{}' is not made of {}: choose another name, or 'ollama "
                      "rm {}'",
                      name_, options_.gguf.string(), name_));
    }
    if (!shown) {
      make_from_file(digest);
      shown = show();
    }
  }
  if (!shown) {
    throw Error(ErrorCode::not_found,
                fmt::format("Ollama at {} has no model '{}': 'ollama pull {}'", client_.url(),
                            name_, name_));
  }
  return *shown;
}

void OllamaRuntime::make_from_file(const std::string& digest) {
  const std::string blob = "/api/blobs/sha256:" + digest;
  if (!client_.has(blob)) client_.upload(blob, options_.gguf);
  const Json files = {{options_.gguf.filename().string(), "sha256:" + digest}};
  const Json answer =
      client_.post("/api/create", {{"model", name_}, {"files", files}, {"stream", false}});
  if (text_field(answer, "status") != "success") {
    throw Error(ErrorCode::io, fmt::format("Ollama did not make a model of {}: {}",
                                           options_.gguf.string(), error_text(dump_json(answer))));
  }
  made_ = true;
}

bool OllamaRuntime::is_loaded(Json* entry) {
  const Json running = client_.get("/api/ps");
  const Json* models = field(running, "models");
  if (models == nullptr || !models->is_array()) return false;
  for (const Json& model : *models) {
    const std::string name = text_field(model, "name");
    if (name != name_ && name != name_ + ":latest") continue;
    *entry = model;
    return true;
  }
  return false;
}

// Ollama answers before it has done so.
void OllamaRuntime::unload() {
  client_.post("/api/generate", {{"model", name_}, {"keep_alive", 0}, {"stream", false}});
  loaded_ = false;
  const Stopwatch stopwatch;
  Json entry;
  while (is_loaded(&entry)) {
    if (stopwatch.seconds() > kUnloadSeconds) {
      throw Error(ErrorCode::deadline,
                  fmt::format("Ollama did not unload '{}' within {} s; is somebody else using it?",
                              name_, kUnloadSeconds));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

double OllamaRuntime::timed_load() {
  loaded_ = true;
  return generate({.prompt = kLoadPrompt, .max_tokens = 1}).seconds;
}

RuntimeLoad OllamaRuntime::load() {
  const Json shown = find_or_make();
  memory_.restart();
  unload();
  RuntimeLoad load;
  const auto authority = authority_of(client_.url());
  const fs::path weights = weights_path("\n" + text_field(shown, "modelfile"));
  const bool is_here = authority && is_loopback(authority->host) && !weights.empty();
  if (is_here && drop_from_page_cache(weights)) {
    load.cold_seconds = timed_load();
    unload();
  } else {
    load.note = is_here ? "cold: the system did not throw Ollama's file out of the page cache"
                        : "cold: Ollama's file is not on this machine";
    timed_load();
    unload();
  }
  load.warm_seconds = timed_load();
  note_facts(shown);
  return load;
}

void OllamaRuntime::note_facts(const Json& shown) {
  facts_["url"] = client_.url();
  if (const Json* details = field(shown, "details")) {
    for (const char* key : {"format", "family", "parameter_size", "quantization_level"}) {
      const std::string text = text_field(*details, key);
      if (!text.empty()) facts_[key] = text;
    }
  }
  Json entry;
  if (is_loaded(&entry)) {
    facts_["digest"] = text_field(entry, "digest");
    for (const char* key : {"size", "size_vram", "context_length"}) {
      if (count_field(entry, key) >= 0) facts_[key] = count_field(entry, key);
    }
  }
  facts_["options"] = options_of_load(options_);
  if (made_) {
    facts_["made_of"] = options_.gguf.string();
    facts_["note"] =
        fmt::format("the model was made on the server and stays: 'ollama rm {}'", name_);
  }
  facts_["memory"] = "sum of VmRSS of the server's processes, looked at every 50 ms";
}

Json OllamaRuntime::request_for(const RuntimeRequest& request) const {
  Json options = options_of_load(options_);
  options["temperature"] = 0;
  options["seed"] = 0;
  options["num_predict"] = request.max_tokens;
  // The likeliest token, whatever the model's file says or Ollama's own defaults are.
  options["repeat_penalty"] = 1;
  options["presence_penalty"] = 0;
  options["frequency_penalty"] = 0;
  if (!request.stop.empty()) options["stop"] = request.stop;
  // Too long a prompt is an error: by default its beginning would be left out in silence.
  Json body = {{"model", name_},    {"options", options}, {"stream", true},
               {"truncate", false}, {"shift", false},     {"keep_alive", kKeepAlive}};
  if (request.chat) {
    body["messages"] = Json::array({{{"role", "user"}, {"content", request.prompt}}});
  } else {
    body["prompt"] = request.prompt;
    body["raw"] = true;
  }
  return body;
}

RuntimeAnswer OllamaRuntime::generate(const RuntimeRequest& request) {
  if (request.prompt.empty()) {
    throw Error(ErrorCode::invalid_input, "an empty prompt: Ollama continues nothing");
  }
  const Json body = request_for(request);
  const ServerMemory::Watch watch(&memory_);
  OllamaStream answer;
  client_.stream(request.chat ? "/api/chat" : "/api/generate", body, &answer);
  return answer.finish();
}

std::optional<int64_t> OllamaRuntime::device_memory() {
  Json entry;
  const int64_t bytes = is_loaded(&entry) ? count_field(entry, "size_vram") : -1;
  return bytes < 0 ? std::nullopt : std::optional(bytes);
}

}  // namespace

std::string ollama_url(const std::string& host) {
  std::string text = host;
  while (text.ends_with('/')) text.pop_back();
  std::string scheme = "http";
  bool named = false;
  if (const size_t end = text.find("://"); end != std::string::npos) {
    scheme = text.substr(0, end);
    text.erase(0, end + 3);
    named = true;
  }
  const size_t slash = text.find('/');
  std::string place = text.substr(0, slash);
  const std::string path = slash == std::string::npos ? "" : text.substr(slash);
  const bool has_port = place.rfind(':') != std::string::npos && !place.ends_with(']');
  // As Ollama reads it: its own port, unless a scheme asks for that one's.
  if (!has_port && !named) place += ":11434";
  if (place.starts_with(':')) place.insert(0, "127.0.0.1");
  // Where a server listens to everybody, a client of this machine finds it here.
  constexpr std::string_view kAll = "0.0.0.0";
  if (place.starts_with(kAll)) place.replace(0, kAll.size(), "127.0.0.1");
  return scheme + "://" + place + path;
}

std::unique_ptr<LlmRuntime> make_ollama_runtime(const OllamaOptions& options) {
  return std::make_unique<OllamaRuntime>(options);
}

}  // namespace jnlp
