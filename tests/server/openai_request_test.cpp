// What bodies of OpenAI's routes mean, and that each fault names its field.
#include "server/openai_request.h"

#include <gtest/gtest.h>

#include "backends/json_schema_grammar.h"
#include "server/openai_error.h"

namespace jnlp {
namespace {

constexpr const char* kHello = R"({"messages": [{"role": "user", "content": "Hi"}])";

std::string chat_with(const std::string& more) {
  return std::string(kHello) + (more.empty() ? "" : ", " + more) + "}";
}

GenerateOptions options_of(const std::string& more) {
  return read_chat_completion(chat_with(more)).options;
}

template <typename Read>
void expect_fault(Read read, const std::string& param, const std::string& code,
                  const std::string& part) {
  try {
    read();
    ADD_FAILURE() << "accepted; expected: " << param << " " << part;
  } catch (const OpenAiError& error) {
    EXPECT_EQ(error.status(), 400);
    EXPECT_EQ(error.param(), param);
    EXPECT_EQ(error.openai_code(), code);
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

void expect_chat_fault(const std::string& more, const std::string& param, const std::string& code,
                       const std::string& part = "") {
  SCOPED_TRACE(more);
  expect_fault([&] { read_chat_completion(chat_with(more)); }, param, code, part);
}

void expect_messages_fault(const std::string& messages, const std::string& param,
                           const std::string& code) {
  SCOPED_TRACE(messages);
  expect_fault([&] { read_chat_completion(R"({"messages": )" + messages + "}"); }, param, code, "");
}

TEST(OpenAiRequest, ReadsAChat) {
  const ChatCompletionRequest asked = read_chat_completion(
      R"({"model": "m", "stream": true, "stream_options": {"include_usage": true}, "messages": [
          {"role": "developer", "content": "Be short."},
          {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "ü"}]},
          {"role": "assistant", "content": ""}, {"role": "user", "content": "b", "name": "Ada"}]})");
  EXPECT_EQ(asked.model, "m");
  EXPECT_TRUE(asked.stream);
  EXPECT_TRUE(asked.include_usage);
  ASSERT_EQ(asked.messages.size(), 4U);
  EXPECT_EQ(asked.messages[0].role, "system");
  EXPECT_EQ(asked.messages[1].content, "aü");
  EXPECT_EQ(asked.messages[2].content, "");
}

TEST(OpenAiRequest, DefaultsAreGreedyAndToTheEndOfTheContext) {
  const ChatCompletionRequest asked = read_chat_completion(chat_with(R"("temperature": null)"));
  EXPECT_EQ(asked.options.temperature, 0);
  EXPECT_GE(asked.options.max_tokens, 1'000'000);
  EXPECT_FALSE(asked.stream);
  EXPECT_FALSE(asked.model);
  EXPECT_EQ(read_text_completion(R"({"prompt": "a"})").options.max_tokens, 16);
}

TEST(OpenAiRequest, ReadsHowTheTextIsChosen) {
  const GenerateOptions options = options_of(
      R"("max_tokens": 9, "temperature": 0.5, "top_p": 1, "top_k": 3, "min_p": 0, "seed": 7,
         "stop": ["x", "y"])");
  EXPECT_EQ(options.max_tokens, 9);
  EXPECT_EQ(options.temperature, 0.5F);
  EXPECT_EQ(options.top_p, 1);
  EXPECT_EQ(options.top_k, 3);
  EXPECT_EQ(options.min_p, 0);
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(options.stop, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(options_of(R"("stop": "x")").stop, std::vector<std::string>{"x"});
  EXPECT_EQ(options_of(R"("max_completion_tokens": 5, "max_tokens": 9)").max_tokens, 5);
}

TEST(OpenAiRequest, AnySeedIsOneOfTheGeneratorsButNotTheOneForAnother) {
  EXPECT_EQ(options_of("").seed, UINT32_MAX);
  EXPECT_NE(options_of(R"("seed": 4294967295)").seed, UINT32_MAX);
  EXPECT_NE(options_of(R"("seed": -9223372036854775808)").seed, UINT32_MAX);
  EXPECT_EQ(options_of(R"("seed": -5)").seed, options_of(R"("seed": -5)").seed);
}

TEST(OpenAiRequest, NamesTheFieldAtFault) {
  expect_chat_fault(R"("temperature": 2.5)", "temperature", "invalid_value", "from 0 to 2");
  expect_chat_fault(R"("temperature": "hot")", "temperature", "invalid_type", "string");
  expect_chat_fault(R"("top_p": -0.1)", "top_p", "invalid_value");
  expect_chat_fault(R"("max_tokens": 0)", "max_tokens", "invalid_value");
  expect_chat_fault(R"("max_tokens": 1.5)", "max_tokens", "invalid_type");
  expect_chat_fault(R"("max_tokens": 18446744073709551615)", "max_tokens", "invalid_value");
  expect_chat_fault(R"("seed": 1.5)", "seed", "invalid_type");
  expect_chat_fault(R"("stop": ["a", 1])", "stop[1]", "invalid_type");
  expect_chat_fault(R"("stop": "")", "stop", "invalid_value", "empty");
  expect_chat_fault(R"("stream": "yes")", "stream", "invalid_type");
  expect_chat_fault(R"("stream_options": {})", "stream_options", "invalid_value", "stream");
  expect_chat_fault(R"("stream": true, "stream_options": 1)", "stream_options", "invalid_type");
  expect_chat_fault(R"("stream": true, "stream_options": {"include_usage": 1})",
                    "stream_options.include_usage", "invalid_type");
  expect_chat_fault(R"("model": 1)", "model", "invalid_type");
}

TEST(OpenAiRequest, NamesTheMessageAtFault) {
  expect_messages_fault("[]", "messages", "invalid_value");
  expect_messages_fault(R"("Hi")", "messages", "invalid_type");
  expect_messages_fault("null", "messages", "missing_required_parameter");
  expect_messages_fault(R"(["Hi"])", "messages[0]", "invalid_type");
  expect_messages_fault(R"([{"content": "a"}])", "messages[0].role", "missing_required_parameter");
  expect_messages_fault(R"([{"role": "tool", "content": "a"}])", "messages[0].role",
                        "unsupported_value");
  expect_messages_fault(R"([{"role": "user"}])", "messages[0].content",
                        "missing_required_parameter");
  expect_messages_fault(R"([{"role": "user", "content": 1}])", "messages[0].content",
                        "invalid_type");
  expect_messages_fault(R"([{"role": "user", "content": "a\u0000b"}])", "messages[0].content",
                        "invalid_value");
  expect_messages_fault(
      R"([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "a"}}]}])",
      "messages[0].content[0].type", "unsupported_value");
}

TEST(OpenAiRequest, RefusesWhatItWouldNotDo) {
  for (const char* field :
       {R"("n": 2)", R"("logprobs": true)", R"("top_logprobs": 3)", R"("presence_penalty": 0.5)",
        R"("frequency_penalty": -1)", R"("logit_bias": {"50": 1})", R"("tools": [{"type": "a"}])",
        R"("tool_choice": "required")", R"("modalities": ["text", "audio"])", R"("best_of": 3)",
        R"("echo": true)", R"("suffix": "a")"}) {
    const std::string name = std::string(field).substr(1, std::string(field).find('"', 1) - 1);
    expect_chat_fault(field, name, "unsupported_parameter");
  }
  // What asks for nothing, as clients send it by default.
  EXPECT_NO_THROW(options_of(R"("n": 1, "logprobs": false, "presence_penalty": 0.0,
      "frequency_penalty": 0, "logit_bias": {}, "tools": [], "tool_choice": "none",
      "modalities": ["text"], "user": "me", "metadata": {"a": "b"}, "logit_bias": null)"));
}

TEST(OpenAiRequest, ReadsAResponseFormat) {
  EXPECT_EQ(options_of(R"("response_format": {"type": "text"})").json_schema, "");
  EXPECT_NO_THROW(
      json_schema_grammar(options_of(R"("response_format": {"type": "json_object"})").json_schema));
  // Keys keep their order, which is that of the answer.
  const GenerateOptions options = options_of(
      R"("response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema":
          {"type": "object", "properties": {"z": {"type": "string"}, "a": {"type": "integer"}}}}})");
  EXPECT_EQ(options.json_schema,
            R"({"type":"object","properties":{"z":{"type":"string"},"a":{"type":"integer"}}})");
}

TEST(OpenAiRequest, NamesTheFaultOfAResponseFormat) {
  expect_chat_fault(R"("response_format": "json")", "response_format", "invalid_type");
  expect_chat_fault(R"("response_format": {})", "response_format.type",
                    "missing_required_parameter");
  expect_chat_fault(R"("response_format": {"type": "xml"})", "response_format.type",
                    "invalid_value");
  expect_chat_fault(R"("response_format": {"type": "json_schema"})", "response_format.json_schema",
                    "missing_required_parameter");
  expect_chat_fault(R"("response_format": {"type": "json_schema", "json_schema": {"name": "a"}})",
                    "response_format.json_schema.schema", "missing_required_parameter");
  expect_chat_fault(
      R"("response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "poem"}}})",
      "response_format.json_schema.schema", "invalid_value");
}

TEST(OpenAiRequest, ReadsACompletion) {
  EXPECT_EQ(read_text_completion(R"({"prompt": "a"})").prompt, "a");
  EXPECT_EQ(read_text_completion(R"({"prompt": ["a"]})").prompt, "a");
  for (const char* prompt : {R"("")", R"([""])", R"(["a", "b"])", "[1, 2]", "[]", "{}"}) {
    SCOPED_TRACE(prompt);
    EXPECT_THROW(read_text_completion(std::string(R"({"prompt": )") + prompt + "}"), OpenAiError);
  }
  expect_fault([] { read_text_completion("{}"); }, "prompt", "missing_required_parameter", "");
}

TEST(OpenAiRequest, BodiesThatAreNoObject) {
  expect_fault([] { read_chat_completion("[]"); }, "", "invalid_type", "object");
  EXPECT_THROW(read_chat_completion("{\"messages\": ["), Error);
  EXPECT_THROW(read_chat_completion("{\"messages\": \"\xff\"}"), Error);
}

TEST(OpenAiRequest, WhatIsNestedTooDeeplyIsNotParsed) {
  const std::string deep = std::string(1'000'000, '[');
  expect_chat_fault("\"metadata\": " + deep, "", "invalid_value", "nested");
  // Brackets in a text are none.
  EXPECT_NO_THROW(read_text_completion(R"({"prompt": "\")" + deep + "\"}"));
}

TEST(OpenAiRequest, ASchemaBesideVeryManyMembersIsRefused) {
  std::string members;
  for (int i = 0; i < 5000; ++i) members += "\"k" + std::to_string(i) + "\": 1, ";
  expect_chat_fault(members + R"("response_format": {"type": "json_schema", "json_schema":
      {"schema": {"type": "object"}}})",
                    "response_format", "invalid_value", "members");
}

TEST(OpenAiRequest, AVeryLongSchemaIsRefused) {
  std::string names = "\"a\"";
  for (int i = 0; i < 20'000; ++i) names += ",\"" + std::to_string(i) + "\"";
  expect_chat_fault(R"("response_format": {"type": "json_schema", "json_schema":
      {"schema": {"type": "object", "required": [)" +
                        names + "]}}}",
                    "response_format", "invalid_value", "bytes");
}

}  // namespace
}  // namespace jnlp
