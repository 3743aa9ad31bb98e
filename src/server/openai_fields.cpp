#include "server/openai_fields.h"

#include <fmt/format.h>

#include "server/json_shape.h"
#include "server/openai_error.h"

namespace jnlp {
namespace {

// Objects that keep their order look a key up by going through all of them.
constexpr size_t kMostOrderedMembers = 4096;
// Names and values of a schema are compared each with each.
constexpr size_t kLongestSchema = size_t{64} << 10;

std::string range_text(double least, double greatest) {
  return fmt::format("must be a number from {} to {}", least, greatest);
}

}  // namespace

OpenAiFields::OpenAiFields(const Json& object, std::string path)
    : object_(object), path_(std::move(path)) {
  if (object_.is_object()) return;
  if (path_.empty()) {
    throw OpenAiError(400, "the request's body must be a JSON object", "", "invalid_type");
  }
  fail_param(path_, fmt::format("must be an object, not {}", object_.type_name()), "invalid_type");
}

std::string OpenAiFields::path(std::string_view name) const {
  return path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name);
}

const Json* OpenAiFields::find(std::string_view name) const {
  const auto found = object_.find(std::string(name));
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

const Json& OpenAiFields::need(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) fail_param(path(name), "is missing", "missing_required_parameter");
  return *value;
}

std::optional<std::string> OpenAiFields::text(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  return checked_text(*value, path(name));
}

std::optional<int64_t> OpenAiFields::integer(std::string_view name, int64_t least,
                                             int64_t greatest) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_integer()) {
    fail_param(path(name), fmt::format("must be an integer, not {}", value->type_name()),
               "invalid_type");
  }
  const bool fits = (!value->is_number_unsigned() || value->get<uint64_t>() <= INT64_MAX) &&
                    value->get<int64_t>() >= least && value->get<int64_t>() <= greatest;
  if (!fits) {
    fail_param(path(name), fmt::format("must be an integer from {} to {}", least, greatest));
  }
  return value->get<int64_t>();
}

std::optional<double> OpenAiFields::number(std::string_view name, double least,
                                           double greatest) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    fail_param(path(name), fmt::format("must be a number, not {}", value->type_name()),
               "invalid_type");
  }
  const auto number = value->get<double>();
  if (!(number >= least && number <= greatest)) {
    fail_param(path(name), range_text(least, greatest));
  }
  return number;
}

bool OpenAiFields::boolean(std::string_view name, bool fallback) const {
  const Json* value = find(name);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) fail_param(path(name), "must be true or false", "invalid_type");
  return value->get<bool>();
}

std::string checked_text(const Json& value, const std::string& path) {
  if (!value.is_string()) {
    fail_param(path, fmt::format("must be a string, not {}", value.type_name()), "invalid_type");
  }
  auto text = value.get<std::string>();
  if (text.find('\0') != std::string::npos) fail_param(path, "must not hold U+0000");
  return text;
}

Json parse_openai_body(std::string_view text) {
  if (shape_of_json(text).depth > kDeepestJson) {
    throw OpenAiError(400, fmt::format("the request's body is nested deeper than {}", kDeepestJson),
                      "", "invalid_value");
  }
  return parse_json(text, "the request's body");
}

std::string schema_in_order(std::string_view body) {
  if (shape_of_json(body).members > kMostOrderedMembers) {
    fail_param("response_format",
               fmt::format("has a schema, and the body more than {} members: that is too large",
                           kMostOrderedMembers));
  }
  const OrderedJson parsed = parse_ordered_json(body, "the request's body");
  std::string schema = dump_json(parsed.at("response_format").at("json_schema").at("schema"));
  if (schema.size() > kLongestSchema) {
    fail_param("response_format", fmt::format("has a schema of {} bytes, at most {} are taken",
                                              schema.size(), kLongestSchema));
  }
  return schema;
}

}  // namespace jnlp
