#include "tokenize/files/field_reader.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"

namespace jnlp::tok {

FieldReader::FieldReader(const Json& object, std::string where)
    : object_(object), where_(std::move(where)) {
  if (!object_.is_object()) {
    throw Error(ErrorCode::invalid_input, fmt::format("{} is not an object", where_));
  }
}

void FieldReader::fail(const char* name, std::string_view expected) const {
  throw Error(ErrorCode::invalid_input,
              fmt::format("{}: field \"{}\" must be {}", where_, name, expected));
}

bool FieldReader::has(const char* name) const {
  const auto found = object_.find(name);
  return found != object_.end() && !found->is_null();
}

const Json& FieldReader::any(const char* name) {
  known_.insert(name);
  static const Json kNull;
  const auto found = object_.find(name);
  return found == object_.end() ? kNull : *found;
}

const Json& FieldReader::required(const char* name) {
  if (!object_.contains(name)) {
    throw Error(ErrorCode::invalid_input, fmt::format("{}: field \"{}\" is missing", where_, name));
  }
  return any(name);
}

std::string FieldReader::type() {
  return string("type");
}

bool FieldReader::boolean(const char* name) {
  const Json& value = required(name);
  if (!value.is_boolean()) fail(name, "true or false");
  return value.get<bool>();
}

bool FieldReader::boolean_or(const char* name, bool value) {
  known_.insert(name);
  return has(name) ? boolean(name) : value;
}

int64_t FieldReader::integer(const char* name) {
  const Json& value = required(name);
  if (!value.is_number_integer()) fail(name, "a whole number");
  return value.get<int64_t>();
}

std::string FieldReader::string(const char* name) {
  const Json& value = required(name);
  if (!value.is_string()) fail(name, "a string");
  return value.get<std::string>();
}

std::string FieldReader::string_or(const char* name, std::string value) {
  known_.insert(name);
  return has(name) ? string(name) : std::move(value);
}

const Json& FieldReader::object(const char* name) {
  const Json& value = required(name);
  if (!value.is_object()) fail(name, "an object");
  return value;
}

const Json& FieldReader::array(const char* name) {
  const Json& value = required(name);
  if (!value.is_array()) fail(name, "a list");
  return value;
}

void FieldReader::finish() const {
  for (const auto& [name, value] : object_.items()) {
    if (known_.contains(name)) continue;
    throw Error(
        ErrorCode::unsupported,
        fmt::format("{}: field \"{}\" is not known to this version, and leaving it out could "
                    "give other tokens",
                    where_, name));
  }
}

}  // namespace jnlp::tok
