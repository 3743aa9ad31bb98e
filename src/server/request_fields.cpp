#include "server/request_fields.h"

#include <fmt/format.h>

#include "base/error.h"
#include "http/error_status.h"
#include "server/json_shape.h"

namespace jnlp {
namespace {

std::string text_of(const Json& value, const std::string& name) {
  if (!value.is_string()) {
    fail_field(name, fmt::format("must be a string, not {}", value.type_name()));
  }
  return value.get<std::string>();
}

}  // namespace

Json parse_request_json(std::string_view text) {
  if (shape_of_json(text).depth > kDeepestJson) {
    throw http::HttpError(
        400, ErrorCode::invalid_input,
        fmt::format("the request's body nests lists or objects deeper than {}", kDeepestJson));
  }
  return parse_json(text, "the request's body");
}

void fail_field(std::string_view name, std::string_view why) {
  throw http::HttpError(422, ErrorCode::invalid_input, fmt::format("\"{}\" {}", name, why));
}

RequestFields::RequestFields(const http::Request& request)
    : body_(parse_request_json(request.body)) {
  if (!body_.is_object()) {
    throw http::HttpError(400, ErrorCode::invalid_input,
                          "the request's body must be a JSON object");
  }
}

const Json* RequestFields::find(std::string_view name) const {
  const auto found = body_.find(std::string(name));
  return found == body_.end() || found->is_null() ? nullptr : &*found;
}

bool RequestFields::has(std::string_view name) const {
  return find(name) != nullptr;
}

std::string RequestFields::text(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) fail_field(name, "is missing");
  return text_of(*value, std::string(name));
}

std::vector<std::string> RequestFields::texts(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) fail_field(name, "is missing");
  if (value->is_string()) return {value->get<std::string>()};
  if (!value->is_array()) {
    fail_field(name, fmt::format("must be a list of strings, not {}", value->type_name()));
  }
  if (value->empty()) fail_field(name, "is an empty list");
  if (value->size() > kMaxTexts) {
    fail_field(name, fmt::format("has {} texts, at most {} are taken", value->size(), kMaxTexts));
  }
  std::vector<std::string> texts;
  texts.reserve(value->size());
  for (size_t i = 0; i < value->size(); ++i) {
    texts.push_back(text_of((*value)[i], fmt::format("{}[{}]", name, i)));
  }
  return texts;
}

int64_t RequestFields::integer(std::string_view name, int64_t fallback, int64_t least,
                               int64_t greatest) const {
  const Json* value = find(name);
  if (value == nullptr) return fallback;
  const bool fits = value->is_number_integer() &&
                    (!value->is_number_unsigned() || value->get<uint64_t>() <= INT64_MAX) &&
                    value->get<int64_t>() >= least && value->get<int64_t>() <= greatest;
  if (!fits) fail_field(name, fmt::format("must be an integer from {} to {}", least, greatest));
  return value->get<int64_t>();
}

bool RequestFields::boolean(std::string_view name, bool fallback) const {
  const Json* value = find(name);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) fail_field(name, "must be true or false");
  return value->get<bool>();
}

RequestFields RequestFields::object(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) fail_field(name, "is missing");
  if (!value->is_object()) {
    fail_field(name, fmt::format("must be an object, not {}", value->type_name()));
  }
  return RequestFields(*value);
}

}  // namespace jnlp
