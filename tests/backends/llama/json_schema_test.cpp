#include <regex.h>

#include <algorithm>
#include <future>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"
#include "chat_model.h"

namespace jnlp {
namespace {

bool satisfies(const Json& schema, const Json& value, const Json& document);

bool is_of_type(const std::string& type, const Json& value) {
  return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
         (type == "string" && value.is_string()) || (type == "boolean" && value.is_boolean()) ||
         (type == "null" && value.is_null()) || (type == "number" && value.is_number()) ||
         (type == "integer" && value.is_number_integer());
}

bool object_satisfies(const Json& schema, const Json& value, const Json& document) {
  const Json none = Json::object();
  const Json& properties = schema.contains("properties") ? schema["properties"] : none;
  for (const auto& [name, member] : value.items()) {
    if (properties.contains(name)) {
      if (!satisfies(properties[name], member, document)) return false;
    } else if (schema.contains("additionalProperties") &&
               !satisfies(schema["additionalProperties"], member, document)) {
      return false;
    }
  }
  const Json required = schema.value("required", Json::array());
  return std::all_of(required.begin(), required.end(),
                     [&](const Json& name) { return value.contains(name.get<std::string>()); });
}

bool array_satisfies(const Json& schema, const Json& value, const Json& document) {
  return value.size() >= schema.value("minItems", size_t{0}) &&
         value.size() <= schema.value("maxItems", size_t{1000}) &&
         std::all_of(value.begin(), value.end(), [&](const Json& item) {
           return !schema.contains("items") || satisfies(schema["items"], item, document);
         });
}

// POSIX's, because GCC warns of its own std::regex under sanitizers.
bool matches(const std::string& pattern, const std::string& text) {
  regex_t expression;
  if (::regcomp(&expression, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
    ADD_FAILURE() << "not a POSIX expression: " << pattern;
    return false;
  }
  const bool found = ::regexec(&expression, text.c_str(), 0, nullptr, 0) == 0;
  ::regfree(&expression);
  return found;
}

bool string_satisfies(const Json& schema, const std::string& value) {
  const size_t length = count_code_points(value);
  return length >= schema.value("minLength", size_t{0}) &&
         length <= schema.value("maxLength", size_t{100'000}) &&
         (!schema.contains("pattern") || matches(schema["pattern"].get<std::string>(), value));
}

// The keywords that the schemas below use, as the standard says, and written apart from the code
// that makes grammars of them.
bool satisfies(const Json& schema, const Json& value, const Json& document) {
  if (schema.is_boolean()) return schema.get<bool>();
  if (schema.contains("$ref")) {
    const auto place = schema["$ref"].get<std::string>().substr(1);
    if (!satisfies(document[Json::json_pointer(place)], value, document)) return false;
  }
  if (schema.contains("type") && !is_of_type(schema["type"], value)) return false;
  if (schema.contains("enum")) {
    const Json& allowed = schema["enum"];
    if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) return false;
  }
  if (schema.contains("anyOf")) {
    const auto fits = [&](const Json& one) { return satisfies(one, value, document); };
    if (std::none_of(schema["anyOf"].begin(), schema["anyOf"].end(), fits)) return false;
  }
  if (value.is_number() && (value < schema.value("minimum", Json(-1e300)) ||
                            value > schema.value("maximum", Json(1e300)))) {
    return false;
  }
  if (value.is_object()) return object_satisfies(schema, value, document);
  if (value.is_array()) return array_satisfies(schema, value, document);
  return !value.is_string() || string_satisfies(schema, value.get<std::string>());
}

class JsonSchema : public test::WithChatModel {
 protected:
  Generation ask(const std::string& question, const GenerateOptions& options) {
    return model_->chat(std::vector<ChatMessage>{{"user", question}}, options);
  }
};

// A question and what its answer is to be like.
struct Case {
  std::string_view question;
  std::string_view schema;
};

std::ostream& operator<<(std::ostream& out, const Case& example) {
  return out << example.question;
}

constexpr Case kCases[] = {
    {"Describe Paris as JSON.",
     R"({"type": "object", "properties": {
           "city": {"type": "string", "maxLength": 30},
           "country": {"type": "string", "pattern": "^[A-Z][a-z]{2,20}$"},
           "million_inhabitants": {"type": "number", "minimum": 0, "maximum": 40},
           "capital": {"type": "boolean"}},
         "required": ["city", "country", "million_inhabitants", "capital"],
         "additionalProperties": false})"},
    {"Is 'I love this film' positive or negative? How sure are you, from 1 to 5?",
     R"({"type": "object", "properties": {
           "label": {"enum": ["positive", "negative"]},
           "sure": {"type": "integer", "minimum": 1, "maximum": 5}},
         "required": ["label", "sure"]})"},
    {"List three colours.",
     R"({"type": "array", "items": {"type": "string", "minLength": 2, "maxLength": 12},
         "minItems": 3, "maxItems": 3})"},
    {"A family tree of three people, as JSON.",
     R"({"$ref": "#/$defs/person", "$defs": {"person": {"type": "object", "properties": {
           "name": {"type": "string", "maxLength": 16},
           "children": {"type": "array", "items": {"$ref": "#/$defs/person"}, "maxItems": 2}},
         "required": ["name"]}}})"},
    {"What is 2 + 2, and when?",
     R"({"type": "object", "properties": {
           "result": {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 9}, {"type": "null"}]},
           "when": {"type": "string", "format": "date"}},
         "required": ["result", "when"], "additionalProperties": {"type": "boolean"}})"},
};

// A schema of the above, and how freely tokens are drawn.
class JsonSchemaAnswers : public JsonSchema,
                          public testing::WithParamInterface<std::tuple<Case, float>> {};

TEST_P(JsonSchemaAnswers, SatisfyIt) {
  const auto& [example, temperature] = GetParam();
  GenerateOptions options;
  options.json_schema = example.schema;
  options.temperature = temperature;
  options.max_tokens = 64;
  const Generation answer = ask(std::string(example.question), options);
  // It ends where the JSON does, or says that it was cut.
  if (answer.finish_reason == FinishReason::max_tokens) {
    EXPECT_FALSE(Json::accept(answer.text)) << answer.text;
    return;
  }
  EXPECT_EQ(answer.finish_reason, FinishReason::end_of_text);
  const Json document = parse_json(example.schema, "the schema");
  const Json value = parse_json(answer.text, answer.text);
  EXPECT_TRUE(satisfies(document, value, document)) << answer.text;
}

INSTANTIATE_TEST_SUITE_P(Cases, JsonSchemaAnswers,
                         testing::Combine(testing::ValuesIn(kCases), testing::Values(0.0F, 1.2F)));

// The schema has no text of any length, so that the answer must be whole.
TEST_F(JsonSchema, TheAnswerEndsWithTheJson) {
  GenerateOptions options;
  options.json_schema = kCases[1].schema;
  const Generation answer = ask(std::string(kCases[1].question), options);
  EXPECT_EQ(answer.finish_reason, FinishReason::end_of_text);
  EXPECT_TRUE(answer.text.starts_with('{') && answer.text.ends_with('}')) << answer.text;
  EXPECT_LT(answer.stats.generated_tokens, 60);
}

TEST_F(JsonSchema, AnAnswerThatIsCutSaysSo) {
  GenerateOptions options;
  options.json_schema = kCases[0].schema;
  options.max_tokens = 5;
  const Generation answer = ask(std::string(kCases[0].question), options);
  EXPECT_EQ(answer.finish_reason, FinishReason::max_tokens);
  EXPECT_FALSE(Json::accept(answer.text)) << answer.text;
}

TEST_F(JsonSchema, HoldsForRequestsTogether) {
  const auto pool = load_llama_pool(*test::chat_model(), {.context_size = 512, .threads = 1}, 2);
  std::vector<std::future<Generation>> answers;
  for (const auto& [question, schema] : kCases) {
    GenerateOptions options;
    options.json_schema = schema;
    options.max_tokens = 64;
    const std::vector<ChatMessage> messages = {{"user", std::string(question)}};
    answers.push_back(pool->submit(pool->apply_chat_template(messages), options, {}));
  }
  for (size_t i = 0; i < answers.size(); ++i) {
    const Generation answer = answers[i].get();
    if (answer.finish_reason != FinishReason::end_of_text) continue;
    const Json document = parse_json(kCases[i].schema, "the schema");
    EXPECT_TRUE(satisfies(document, parse_json(answer.text, answer.text), document)) << answer.text;
  }
}

TEST_F(JsonSchema, WhatCannotBeASchemaIsSaid) {
  GenerateOptions options;
  options.json_schema = R"({"not": {}})";
  EXPECT_THROW(ask("Hello", options), Error);
}

}  // namespace
}  // namespace jnlp
