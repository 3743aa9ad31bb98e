// Ollama's protocol as its documentation (docs/api.md) has it, and every way it can fail.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"
#include "base/json.h"
#include "hub/checksum.h"
#include "llm/ollama_runtime.h"
#include "llm/server_fixture.h"
#include "support/paths.h"

namespace jnlp {
namespace {

using test::HttpServer;
using test::Reply;
using test::ServedRequest;

constexpr const char* kNdjson = "application/x-ndjson";

// Three pieces of text with seven tokens in them.
const char* const kAnswer =
    R"({"model":"tiny","created_at":"2026-01-01T00:00:00Z","response":"Once ","done":false}
{"model":"tiny","response":"upon a t\u00efme","done":false}
{"model":"tiny","response":"","done":false}
{"model":"tiny","response":" there","done":false}
{"model":"tiny","response":"","done":true,"done_reason":"stop","total_duration":4000000000,"load_duration":5000000,"prompt_eval_count":11,"prompt_eval_duration":1500000000,"eval_count":7,"eval_duration":2000000000}
)";

// A server with one model, "tiny", that is loaded or not.
class FakeOllama {
 public:
  FakeOllama() : server_([this](const ServedRequest& r, Reply& reply) { answer(r, reply); }) {}

  std::string url() const { return server_.url(); }
  std::unique_ptr<LlmRuntime> runtime(OllamaOptions options = {}) const {
    options.url = url();
    if (options.model.empty() && options.gguf.empty()) options.model = "tiny";
    return make_ollama_runtime(options);
  }

  /// Bodies of the requests to this path.
  std::vector<Json> bodies(const std::string& path) const {
    std::vector<Json> found;
    for (const ServedRequest& request : server_.requests()) {
      if (request.path == path && request.method == "POST") {
        found.push_back(Json::parse(request.body, nullptr, false));
      }
    }
    return found;
  }
  std::vector<ServedRequest> requests() const { return server_.requests(); }

  // What a test changes before it asks.
  std::string generated = kAnswer;
  size_t piece_size = 1 << 20;
  int status = 200;  // of generate and chat
  bool cut = false;  // after the bytes of `generated`
  std::string model = "tiny";
  std::string modelfile = "# Modelfile\nFROM /nowhere/sha256-0\nTEMPLATE x\n";
  std::string blob;
  bool loaded = true;

 private:
  void answer(const ServedRequest& request, Reply& reply) {
    const Json body = Json::parse(request.body, nullptr, false);
    const auto json = [&](const Json& value, int code = 200) {
      reply.send(code, "application/json", value.dump());
    };
    if (request.path == "/api/version") return json({{"version", "0.13.0"}});
    if (request.path == "/api/ps") {
      Json entry = {{"name", model + ":latest"}, {"digest", "abc"}, {"size", 9}, {"size_vram", 5}};
      return json({{"models", loaded ? Json::array({entry}) : Json::array()}});
    }
    if (request.path.starts_with("/api/blobs/")) {
      if (request.method == "POST") blob = request.body;
      return reply.send(request.method == "POST" ? 201 : 404, "text/plain", "");
    }
    if (request.path == "/api/create") {
      model = body.at("model");
      modelfile = "FROM /nowhere/blobs/" + body.at("files").begin()->get<std::string>();
      return json({{"status", "success"}});
    }
    if (body.value("model", "") != model) {
      return json({{"error", "model '" + body.value("model", "") + "' not found"}}, 404);
    }
    if (request.path == "/api/show") {
      return json({{"modelfile", modelfile},
                   {"details", {{"family", "llama"}, {"quantization_level", "Q4_1"}}}});
    }
    if (body.value("keep_alive", Json()) == 0) {
      loaded = false;
      return json({{"model", model}, {"response", ""}, {"done", true}, {"done_reason", "unload"}});
    }
    loaded = true;
    if (status != 200) return reply.send(status, "application/json", generated);
    if (cut) {
      reply.begin(200, kNdjson);
      reply.piece(generated);
      return reply.cut();
    }
    test::send_in_pieces(reply, kNdjson, generated, piece_size);
  }

  HttpServer server_;  // last: its threads use what is above
};

TEST(Ollama, LoadsAndSaysWhatItRan) {
  FakeOllama ollama;
  const auto runtime = ollama.runtime();
  const RuntimeLoad load = runtime->load();
  EXPECT_FALSE(load.cold_seconds.has_value());
  EXPECT_NE(load.note.find("cold"), std::string::npos);
  ASSERT_TRUE(load.warm_seconds.has_value());
  EXPECT_GT(*load.warm_seconds, 0);
  EXPECT_EQ(runtime->method(), "ollama");
  EXPECT_EQ(runtime->model(), "tiny at " + ollama.url());
  const OrderedJson facts = runtime->facts();
  EXPECT_EQ(facts.at("version"), "0.13.0");
  EXPECT_EQ(facts.at("quantization_level"), "Q4_1");
  EXPECT_EQ(facts.at("size_vram"), 5);
  EXPECT_EQ(runtime->device_memory(), 5);
  // Unloaded before each of the two loads.
  std::vector<std::string> steps;
  for (const Json& body : ollama.bodies("/api/generate")) {
    steps.push_back(body.at("keep_alive") == 0 ? "unload" : body.at("prompt").get<std::string>());
  }
  EXPECT_EQ(steps, (std::vector<std::string>{"unload", kLoadPrompt, "unload", kLoadPrompt}));
  EXPECT_TRUE(ollama.loaded);
}

TEST(Ollama, ColdLoadWhenItsFileIsHere) {
  const test::TemporaryDir dir;
  write_file(dir.path() / "sha256-1", std::string(100'000, 'x'));
  FakeOllama ollama;
  ollama.modelfile = "FROM " + (dir.path() / "sha256-1").string() + "\nTEMPLATE x\n";
  const RuntimeLoad load = ollama.runtime()->load();
  // Not every file system lets go of its pages (tmpfs never does); then the note says so.
  EXPECT_EQ(load.cold_seconds.has_value(), load.note.empty());
  EXPECT_EQ(load.note.find("not on this machine"), std::string::npos);
}

TEST(Ollama, UnloadsAtTheEnd) {
  FakeOllama ollama;
  ollama.runtime()->load();
  EXPECT_FALSE(ollama.loaded);
}

TEST(Ollama, CountsTokensAndNotPieces) {
  FakeOllama ollama;
  const RuntimeAnswer answer = ollama.runtime()->generate({.prompt = "Tell me"});
  EXPECT_EQ(answer.text, "Once upon a t\xC3\xAFme there");
  EXPECT_EQ(answer.prompt_tokens, 11);
  EXPECT_EQ(answer.generated_tokens, 7);
  EXPECT_EQ(answer.decode_tokens, 6);
  EXPECT_DOUBLE_EQ(answer.prefill_seconds.value(), 1.5);
  EXPECT_DOUBLE_EQ(answer.decode_seconds.value(), 2.0);
  EXPECT_GT(answer.first_token_seconds, 0);
  EXPECT_GE(answer.seconds, answer.first_token_seconds);
}

TEST(Ollama, SameAnswerHoweverItIsCut) {
  FakeOllama ollama;
  const auto runtime = ollama.runtime();
  for (const size_t size : {1, 2, 3, 7, 64, 1000}) {
    ollama.piece_size = size;
    const RuntimeAnswer answer = runtime->generate({.prompt = "Tell me"});
    EXPECT_EQ(answer.text, "Once upon a t\xC3\xAFme there") << size;
    EXPECT_EQ(answer.generated_tokens, 7) << size;
  }
}

TEST(Ollama, AsksForTheLikeliestTokensOfAPlainPrompt) {
  FakeOllama ollama;
  OllamaOptions options;
  options.threads = 3;
  options.gpu_layers = 0;
  options.context_size = 512;
  const auto runtime = ollama.runtime(options);
  runtime->generate({.prompt = "Tell \"me\"", .max_tokens = 5, .stop = {"\n"}});
  const Json body = ollama.bodies("/api/generate").at(0);
  EXPECT_EQ(body.at("prompt"), "Tell \"me\"");
  EXPECT_EQ(body.at("raw"), true);
  EXPECT_EQ(body.at("stream"), true);
  EXPECT_EQ(body.at("truncate"), false);
  EXPECT_EQ(body.at("options"), (Json{{"temperature", 0},
                                      {"seed", 0},
                                      {"num_predict", 5},
                                      {"repeat_penalty", 1},
                                      {"presence_penalty", 0},
                                      {"frequency_penalty", 0},
                                      {"stop", {"\n"}},
                                      {"num_thread", 3},
                                      {"num_gpu", 0},
                                      {"num_ctx", 512}}));
}

TEST(Ollama, ChatsByTheModelsTemplate) {
  FakeOllama ollama;
  ollama.generated =
      R"({"message":{"role":"assistant","content":"","thinking":"Hm"},"done":false}
{"message":{"role":"assistant","content":"Hel"},"done":false}
{"message":{"role":"assistant","content":"lo"},"done":false}
{"message":{"role":"assistant","content":""},"done":true,"prompt_eval_count":20,"eval_count":1,"prompt_eval_duration":3}
)";
  const RuntimeAnswer answer = ollama.runtime()->generate({.prompt = "Hi", .chat = true});
  EXPECT_EQ(answer.text, "Hello");
  EXPECT_EQ(answer.generated_tokens, 1);
  EXPECT_EQ(answer.decode_tokens, 0);
  EXPECT_EQ(answer.decode_seconds, 0.0);
  const Json body = ollama.bodies("/api/chat").at(0);
  EXPECT_EQ(body.at("messages"), (Json{{{"role", "user"}, {"content", "Hi"}}}));
  EXPECT_FALSE(body.contains("raw"));
}

TEST(Ollama, NothingCountedIsNotMadeUp) {
  FakeOllama ollama;
  ollama.generated = "{\"response\":\"a\",\"done\":false}\n{\"response\":\"\",\"done\":true}\n";
  const RuntimeAnswer answer = ollama.runtime()->generate({.prompt = "x"});
  EXPECT_EQ(answer.text, "a");
  EXPECT_EQ(answer.prompt_tokens, -1);
  EXPECT_EQ(answer.generated_tokens, -1);
  EXPECT_EQ(answer.decode_tokens, -1);
  EXPECT_FALSE(answer.prefill_seconds.has_value());
  EXPECT_FALSE(answer.decode_seconds.has_value());
}

TEST(Ollama, ModelIsMissing) {
  FakeOllama ollama;
  OllamaOptions options;
  options.model = "other:1b";
  EXPECT_ERROR(ollama.runtime(options)->load(), ErrorCode::not_found, "ollama pull other:1b");
}

TEST(Ollama, NobodyIsThere) {
  const auto runtime = make_ollama_runtime({.url = test::dead_url(), .model = "tiny"});
  EXPECT_ERROR(runtime->load(), ErrorCode::not_found, "ollama serve");
}

TEST(Ollama, ErrorInTheMiddleOfTheAnswer) {
  FakeOllama ollama;
  ollama.generated =
      "{\"response\":\"a\",\"done\":false}\n{\"error\":\"an error was encountered while running "
      "the model: CUDA error\"}\n";
  EXPECT_ERROR(ollama.runtime()->generate({.prompt = "x"}), ErrorCode::io, "CUDA error");
}

TEST(Ollama, AnswerThatEndsEarly) {
  FakeOllama ollama;
  ollama.generated = "{\"response\":\"a\",\"done\":false}\n";
  EXPECT_ERROR(ollama.runtime()->generate({.prompt = "x"}), ErrorCode::io, "in the middle");
  ollama.generated = "{\"response\":\"a\",\"done\":fal";
  EXPECT_ERROR(ollama.runtime()->generate({.prompt = "x"}), ErrorCode::io, "not JSON");
}

TEST(Ollama, ServerGoesAwayInTheMiddle) {
  FakeOllama ollama;
  ollama.generated = "{\"response\":\"a\",\"done\":false}\n";
  ollama.cut = true;
  EXPECT_ERROR(ollama.runtime()->generate({.prompt = "x"}), ErrorCode::io, "went away");
}

TEST(Ollama, RefusalsKeepTheirReason) {
  FakeOllama ollama;
  ollama.status = 400;
  ollama.generated = "{\"error\":\"the input length exceeds the context length\"}";
  EXPECT_ERROR(ollama.runtime()->generate({.prompt = "x"}), ErrorCode::invalid_input,
               "exceeds the context length");
  ollama.status = 500;
  ollama.generated = "{\"error\":\"llama runner process has terminated: signal: killed\"}";
  EXPECT_ERROR(ollama.runtime()->generate({.prompt = "x"}), ErrorCode::io, "terminated");
  ollama.status = 503;
  ollama.generated = "{\"error\":\"server busy\"}";
  EXPECT_ERROR(ollama.runtime()->generate({.prompt = "x"}), ErrorCode::overloaded, "busy");
  EXPECT_ERROR(ollama.runtime()->generate({.prompt = ""}), ErrorCode::invalid_input, "empty");
}

TEST(Ollama, MakesAModelOfAFile) {
  const test::TemporaryDir dir;
  const auto gguf = dir.path() / "Smol LM.gguf";
  write_file(gguf, "GGUF and so on");
  FakeOllama ollama;
  OllamaOptions options;
  options.gguf = gguf;
  const auto runtime = ollama.runtime(options);
  runtime->load();
  EXPECT_EQ(ollama.blob, "GGUF and so on");
  const std::string digest = sha256_of_file(gguf);
  EXPECT_EQ(ollama.bodies("/api/create").at(0),
            (Json{{"model", "jetson-nlp-smol-lm"},
                  {"files", {{"Smol LM.gguf", "sha256:" + digest}}},
                  {"stream", false}}));
  EXPECT_NE(runtime->facts().at("note").get<std::string>().find("ollama rm"), std::string::npos);
  // There now: not made again.
  ollama.runtime(options)->load();
  EXPECT_EQ(ollama.bodies("/api/create").size(), 1U);
}

TEST(Ollama, DoesNotMakeAModelOverAnother) {
  const test::TemporaryDir dir;
  write_file(dir.path() / "a.gguf", "GGUF");
  FakeOllama ollama;
  OllamaOptions options;
  options.model = "tiny";
  options.gguf = dir.path() / "a.gguf";
  EXPECT_ERROR(ollama.runtime(options)->load(), ErrorCode::invalid_input, "choose another name");
  EXPECT_TRUE(ollama.bodies("/api/create").empty());
}

TEST(Ollama, MemoryIsThatOfTheProcessThatListens) {
  FakeOllama ollama;  // in this process
  const auto runtime = ollama.runtime();
  EXPECT_FALSE(runtime->peak_memory().has_value());
  runtime->load();
  EXPECT_GT(runtime->peak_memory().value_or(0), int64_t{1} << 20);
}

TEST(Ollama, AddressesAsOllamaReadsThem) {
  EXPECT_EQ(ollama_url(""), "http://127.0.0.1:11434");
  EXPECT_EQ(ollama_url("0.0.0.0"), "http://127.0.0.1:11434");
  EXPECT_EQ(ollama_url("0.0.0.0:8080"), "http://127.0.0.1:8080");
  EXPECT_EQ(ollama_url(":8080"), "http://127.0.0.1:8080");
  EXPECT_EQ(ollama_url("jetson.local"), "http://jetson.local:11434");
  EXPECT_EQ(ollama_url("http://jetson.local:1234/"), "http://jetson.local:1234");
  EXPECT_EQ(ollama_url("https://example.com/ollama/"), "https://example.com/ollama");
  EXPECT_EQ(ollama_url("[::1]:11434"), "http://[::1]:11434");
  EXPECT_EQ(ollama_url("[::1]"), "http://[::1]:11434");
}

TEST(Ollama, TakesItsAddressFromTheEnvironment) {
  FakeOllama ollama;
  ::setenv("OLLAMA_HOST", ollama.url().c_str(), 1);
  EXPECT_EQ(make_ollama_runtime({.model = "tiny"})->generate({.prompt = "x"}).generated_tokens, 7);
  ::unsetenv("OLLAMA_HOST");
}

}  // namespace
}  // namespace jnlp
