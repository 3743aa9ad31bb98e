// OpenAI's protocol as its servers speak it, and every way it can fail.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/json.h"
#include "llm/openai_runtime.h"
#include "llm/openai_stream.h"
#include "llm/server_client.h"
#include "llm/server_fixture.h"

namespace jnlp {
namespace {

using test::HttpServer;
using test::Reply;
using test::ServedRequest;

constexpr const char* kEvents = "text/event-stream; charset=utf-8";

// vLLM's form: two pieces of text with five tokens in them, usage in an event of its own.
const char* const kPlain =
    R"(data: {"id":"c","object":"text_completion","choices":[{"index":0,"text":" upon a","logprobs":null,"finish_reason":null}],"usage":null}

: keep-alive

data: {"id":"c","choices":[{"index":0,"text":" t\u00efme","finish_reason":"length"}]}

data: {"id":"c","choices":[],"usage":{"prompt_tokens":9,"total_tokens":14,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4}}}

data: [DONE]

)";

// llama.cpp's server.
const char* const kTimed =
    R"(data: {"choices":[{"text":" upon","index":0,"logprobs":null,"finish_reason":null}],"model":"m","system_fingerprint":"b6710-3a59971","object":"text_completion"}

data: {"choices":[{"text":"","index":0,"finish_reason":"stop"}],"system_fingerprint":"b6710-3a59971","usage":{"completion_tokens":3,"prompt_tokens":10,"total_tokens":13},"timings":{"cache_n":6,"prompt_n":4,"prompt_ms":250.0,"predicted_n":3,"predicted_ms":80.0,"predicted_per_second":37.5}}

data: [DONE]

)";

class FakeServer {
 public:
  FakeServer() : server_([this](const ServedRequest& r, Reply& reply) { answer(r, reply); }) {}

  std::string url() const { return server_.url(); }
  std::unique_ptr<LlmRuntime> runtime(OpenAiOptions options = {}) const {
    options.url = url() + "/v1/";
    return make_openai_runtime(options);
  }
  Json last_body() const { return Json::parse(server_.requests().back().body); }
  ServedRequest last() const { return server_.requests().back(); }

  // What a test changes before it asks.
  Json models = {{{"id", "m"}, {"owned_by", "llamacpp"}}};
  int models_status = 200;
  std::string answer_text = kPlain;
  std::string type = kEvents;
  size_t piece_size = 1 << 20;
  int status = 200;
  bool cut = false;

 private:
  void answer(const ServedRequest& request, Reply& reply) {
    if (request.path == "/v1/models") {
      return reply.send(models_status, "application/json",
                        Json{{"object", "list"}, {"data", models}}.dump());
    }
    if (status != 200) return reply.send(status, "application/json", answer_text);
    if (cut) {
      reply.begin(200, type);
      reply.piece(answer_text);
      return reply.cut();
    }
    test::send_in_pieces(reply, type, answer_text, piece_size);
  }

  HttpServer server_;  // last: its threads use what is above
};

TEST(OpenAi, CountsTokensAndNotPieces) {
  FakeServer server;
  const RuntimeAnswer answer = server.runtime()->generate({.prompt = "Once"});
  EXPECT_EQ(answer.text, " upon a t\xC3\xAFme");
  EXPECT_EQ(answer.prompt_tokens, 9);
  EXPECT_EQ(answer.generated_tokens, 5);
  EXPECT_EQ(answer.reused_tokens, 4);
  EXPECT_FALSE(answer.prefill_seconds.has_value());
  EXPECT_FALSE(answer.decode_seconds.has_value());
  EXPECT_GT(answer.first_token_seconds, 0);
  EXPECT_GE(answer.seconds, answer.first_token_seconds);
}

TEST(OpenAi, SameAnswerHoweverItIsCut) {
  FakeServer server;
  const auto runtime = server.runtime();
  for (const size_t size : {1, 2, 3, 7, 64, 1000}) {
    server.piece_size = size;
    const RuntimeAnswer answer = runtime->generate({.prompt = "Once"});
    EXPECT_EQ(answer.text, " upon a t\xC3\xAFme") << size;
    EXPECT_EQ(answer.generated_tokens, 5) << size;
  }
}

TEST(OpenAi, TakesTheTimesOfLlamaCppsServer) {
  FakeServer server;
  server.answer_text = kTimed;
  const auto runtime = server.runtime();
  const RuntimeAnswer answer = runtime->generate({.prompt = "Once"});
  EXPECT_EQ(answer.prompt_tokens, 10);
  EXPECT_EQ(answer.reused_tokens, 6);
  EXPECT_EQ(answer.generated_tokens, 3);
  EXPECT_EQ(answer.decode_tokens, 2);
  EXPECT_DOUBLE_EQ(answer.prefill_seconds.value(), 0.25);
  EXPECT_DOUBLE_EQ(answer.decode_seconds.value(), 0.08);
  runtime->load();
  EXPECT_EQ(runtime->facts().at("system_fingerprint"), "b6710-3a59971");
  EXPECT_EQ(runtime->facts().at("owned_by"), "llamacpp");
}

TEST(OpenAi, WithoutUsageNothingIsCounted) {
  FakeServer server;
  server.answer_text =
      "data: {\"choices\":[{\"text\":\"a\"}]}\n\ndata: {\"choices\":[{\"text\":\"b\"}]}\n\ndata: "
      "[DONE]\n\n";
  const RuntimeAnswer answer = server.runtime()->generate({.prompt = "x"});
  EXPECT_EQ(answer.text, "ab");
  EXPECT_EQ(answer.prompt_tokens, -1);
  EXPECT_EQ(answer.generated_tokens, -1);
}

TEST(OpenAi, AsksForTheLikeliestTokens) {
  FakeServer server;
  OpenAiOptions options;
  options.model = "m";
  options.api_key = "sk-test";
  server.runtime(options)->generate({.prompt = "Once", .max_tokens = 5, .stop = {"\n"}});
  EXPECT_EQ(server.last().path, "/v1/completions");
  EXPECT_EQ(server.last().headers.at("authorization"), "Bearer sk-test");
  EXPECT_EQ(server.last_body(), (Json{{"model", "m"},
                                      {"prompt", "Once"},
                                      {"max_tokens", 5},
                                      {"temperature", 0},
                                      {"seed", 0},
                                      {"stop", {"\n"}},
                                      {"stream", true},
                                      {"stream_options", {{"include_usage", true}}}}));
}

TEST(OpenAi, Chats) {
  FakeServer server;
  server.answer_text =
      R"(data: {"choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}]}

data: {"choices":[{"index":0,"delta":{"reasoning_content":"Hm"}}]}

data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}

data: {"choices":[{"index":0,"delta":{"content":"lo"}}]}

data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":4}}

data: [DONE]

)";
  const RuntimeAnswer answer = server.runtime()->generate({.prompt = "Hi", .chat = true});
  EXPECT_EQ(answer.text, "Hello");
  EXPECT_EQ(answer.generated_tokens, 4);
  EXPECT_EQ(server.last().path, "/v1/chat/completions");
  EXPECT_EQ(server.last_body().at("messages"), (Json{{{"role", "user"}, {"content", "Hi"}}}));
}

TEST(OpenAi, KeyFromTheEnvironmentAndNeverInErrors) {
  FakeServer server;
  server.status = 401;
  server.answer_text = R"({"error":{"message":"Incorrect API key provided","code":"x"}})";
  ::setenv("OPENAI_API_KEY", "sk-secret", 1);
  const auto runtime = server.runtime();
  ::unsetenv("OPENAI_API_KEY");
  const auto error = test::error_of([&] { runtime->generate({.prompt = "x"}); });
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code(), ErrorCode::invalid_input);
  const std::string text = error->what();
  EXPECT_NE(text.find("Incorrect API key"), std::string::npos) << text;
  EXPECT_EQ(text.find("sk-secret"), std::string::npos) << text;
  EXPECT_EQ(server.last().headers.at("authorization"), "Bearer sk-secret");
}

TEST(OpenAi, LoadTakesTheOnlyModel) {
  FakeServer server;
  const auto runtime = server.runtime();
  const RuntimeLoad load = runtime->load();
  EXPECT_FALSE(load.cold_seconds.has_value());
  EXPECT_FALSE(load.warm_seconds.has_value());
  EXPECT_NE(load.note.find("not measured"), std::string::npos);
  EXPECT_EQ(runtime->model(), "m at " + server.url());
  EXPECT_EQ(runtime->scorer(), nullptr);
  EXPECT_GT(runtime->peak_memory().value_or(0), int64_t{1} << 20);  // the server is this process
}

TEST(OpenAi, ModelHasToBeThere) {
  FakeServer server;
  OpenAiOptions options;
  options.model = "other";
  EXPECT_ERROR(server.runtime(options)->load(), ErrorCode::not_found, "it has: m");
  server.models.push_back({{"id", "n"}});
  EXPECT_ERROR(server.runtime()->load(), ErrorCode::invalid_input, "m, n");
  server.models = Json::array();
  EXPECT_ERROR(server.runtime()->load(), ErrorCode::invalid_input, "lists none");
  server.models_status = 404;  // a server without the list takes the name as it is
  EXPECT_NO_THROW(server.runtime(options)->load());
}

TEST(OpenAi, NobodyIsThere) {
  const auto runtime = make_openai_runtime({.url = test::dead_url(), .model = "m"});
  EXPECT_ERROR(runtime->load(), ErrorCode::not_found, "llama-server");
  EXPECT_ERROR(make_openai_runtime({.url = "nonsense"}), ErrorCode::invalid_input, "address");
}

TEST(OpenAi, ErrorInTheMiddleOfTheAnswer) {
  FakeServer server;
  server.answer_text =
      "data: {\"choices\":[{\"text\":\"a\"}]}\n\ndata: {\"error\":{\"code\":500,\"message\":\"out "
      "of memory\"}}\n\n";
  EXPECT_ERROR(server.runtime()->generate({.prompt = "x"}), ErrorCode::io, "out of memory");
}

TEST(OpenAi, AnswerThatEndsEarly) {
  FakeServer server;
  server.answer_text = "data: {\"choices\":[{\"text\":\"a\",\"finish_reason\":null}]}\n\n";
  EXPECT_ERROR(server.runtime()->generate({.prompt = "x"}), ErrorCode::io, "in the middle");
  server.cut = true;
  EXPECT_ERROR(server.runtime()->generate({.prompt = "x"}), ErrorCode::io, "went away");
  server.cut = false;
  server.answer_text = "data: {\"choices\":[\n\n";
  EXPECT_ERROR(server.runtime()->generate({.prompt = "x"}), ErrorCode::io, "not JSON");
}

TEST(OpenAi, AnswerThatIsNoStream) {
  FakeServer server;
  server.type = "text/html";
  server.answer_text = "<html>Please log in</html>";
  EXPECT_ERROR(server.runtime()->generate({.prompt = "x"}), ErrorCode::io, "text/html");
}

TEST(OpenAi, RefusalsKeepTheirReason) {
  FakeServer server;
  const auto runtime = server.runtime();
  server.status = 400;
  server.answer_text = R"({"object":"error","message":"maximum context length is 8 tokens"})";
  EXPECT_ERROR(runtime->generate({.prompt = "x"}), ErrorCode::invalid_input, "8 tokens");
  server.status = 422;
  server.answer_text = R"({"detail":[{"loc":["body"],"msg":"field required"}]})";
  EXPECT_ERROR(runtime->generate({.prompt = "x"}), ErrorCode::invalid_input, "field required");
  server.status = 429;
  server.answer_text = "slow down";
  EXPECT_ERROR(runtime->generate({.prompt = "x"}), ErrorCode::overloaded, "slow down");
  server.status = 500;
  server.answer_text = "";
  EXPECT_ERROR(runtime->generate({.prompt = "x"}), ErrorCode::io, "500");
}

TEST(OpenAi, HostileAnswersEnd) {
  const std::string deep = R"({"error":)" + std::string(500'000, '[') + std::string(500'000, ']');
  EXPECT_LE(error_text(deep + "}").size(), 500U);
  OpenAiStream stream;
  stream.write(
      "data: {\"choices\":[{\"text\":\"a\",\"finish_reason\":\"stop\"}],\"timings\":"
      "{\"prompt_n\":9223372036854775807,\"cache_n\":9223372036854775807}}\n\n");
  EXPECT_EQ(stream.finish().prompt_tokens, -1);
}

}  // namespace
}  // namespace jnlp
