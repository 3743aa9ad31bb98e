#include "server/openai_options.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "backends/json_schema_grammar.h"
#include "base/error.h"
#include "server/openai_error.h"

namespace jnlp {
namespace {

constexpr int64_t kMostTokens = 1'000'000'000;
constexpr size_t kMostStops = 16;

// What a field that we cannot honour may still say, so that clients which send their defaults are
// served.
struct Unsupported {
  const char* name;
  const char* harmless;  // JSON; an empty list or object is harmless in any case
};

constexpr std::array kUnsupported = {Unsupported{"n", "1"},
                                     Unsupported{"best_of", "1"},
                                     Unsupported{"echo", "false"},
                                     Unsupported{"suffix", "\"\""},
                                     Unsupported{"logprobs", "false"},
                                     Unsupported{"top_logprobs", "0"},
                                     Unsupported{"tools", "[]"},
                                     Unsupported{"tool_choice", "\"none\""},
                                     Unsupported{"functions", "[]"},
                                     Unsupported{"function_call", "\"none\""},
                                     Unsupported{"logit_bias", "{}"},
                                     Unsupported{"presence_penalty", "0"},
                                     Unsupported{"audio", "{}"},
                                     Unsupported{"frequency_penalty", "0"},
                                     Unsupported{"modalities", "[\"text\"]"},
                                     Unsupported{"web_search_options", "{}"}};

void refuse_unsupported(const OpenAiFields& fields) {
  for (const Unsupported& field : kUnsupported) {
    const Json* value = fields.find(field.name);
    if (value == nullptr || *value == Json::parse(field.harmless)) continue;
    if (value->is_structured() && value->empty()) continue;
    fail_param(fields.path(field.name), fmt::format("is not supported, but for {}", field.harmless),
               "unsupported_parameter");
  }
}

// The same seed draws the same text; numbers that fit mean what they mean on the command line.
uint32_t seed_of(const OpenAiFields& fields) {
  constexpr uint32_t kAnother = UINT32_MAX;  // the generator's word for another one each time
  const auto seed = fields.integer("seed", INT64_MIN, INT64_MAX);
  if (!seed) return kAnother;
  const auto bits = static_cast<uint64_t>(*seed);
  const auto folded = static_cast<uint32_t>(bits ^ (bits >> 32));
  return folded == kAnother ? 0 : folded;
}

std::vector<std::string> stops_of(const OpenAiFields& fields) {
  const Json* value = fields.find("stop");
  if (value == nullptr) return {};
  const std::string path = fields.path("stop");
  std::vector<std::string> stops;
  if (!value->is_array()) {
    stops.push_back(checked_text(*value, path));
  } else if (value->size() > kMostStops) {
    fail_param(path, fmt::format("has {} texts, at most {} are taken", value->size(), kMostStops));
  } else {
    for (size_t i = 0; i < value->size(); ++i) {
      stops.push_back(checked_text((*value)[i], fmt::format("{}[{}]", path, i)));
    }
  }
  for (const std::string& stop : stops) {
    if (stop.empty()) fail_param(path, "holds an empty text");
  }
  return stops;
}

}  // namespace

GenerateOptions read_generate_options(const OpenAiFields& fields, int64_t default_max_tokens) {
  refuse_unsupported(fields);
  GenerateOptions options;
  const auto max_tokens = fields.integer("max_tokens", 1, kMostTokens);
  options.max_tokens = fields.integer("max_completion_tokens", 1, kMostTokens)
                           .value_or(max_tokens.value_or(default_max_tokens));
  options.temperature = static_cast<float>(fields.number("temperature", 0, 2).value_or(0));
  options.top_p = static_cast<float>(fields.number("top_p", 0, 1).value_or(options.top_p));
  options.min_p = static_cast<float>(fields.number("min_p", 0, 1).value_or(options.min_p));
  options.top_k = static_cast<int>(fields.integer("top_k", 0, kMostTokens).value_or(options.top_k));
  options.seed = seed_of(fields);
  options.stop = stops_of(fields);
  return options;
}

void read_response_format(const OpenAiFields& fields, std::string_view body,
                          GenerateOptions* options) {
  const Json* value = fields.find("response_format");
  if (value == nullptr) return;
  const OpenAiFields format(*value, fields.path("response_format"));
  const std::string type = checked_text(format.need("type"), format.path("type"));
  if (type == "text") return;
  if (type == "json_object") {
    options->json_schema = R"({"type":"object","additionalProperties":true})";
    return;
  }
  if (type != "json_schema") {
    fail_param(format.path("type"), "must be text, json_object or json_schema");
  }
  const OpenAiFields wrapper(format.need("json_schema"), format.path("json_schema"));
  const OpenAiFields schema(wrapper.need("schema"), wrapper.path("schema"));
  options->json_schema = schema_in_order(body);
  try {
    json_schema_grammar(options->json_schema);
  } catch (const Error& error) {
    fail_param(wrapper.path("schema"), error.what());
  }
}

}  // namespace jnlp
