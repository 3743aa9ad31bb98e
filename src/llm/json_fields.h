#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/json.h"

namespace jnlp {

/// Fields of what a program of somebody else answered: absent when it is not there or of another
/// type, and never an exception.
inline const Json* field(const Json& json, const char* key) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(key);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

inline std::string text_field(const Json& json, const char* key) {
  const Json* value = field(json, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

inline std::optional<double> number_field(const Json& json, const char* key) {
  const Json* value = field(json, key);
  return value != nullptr && value->is_number() ? std::optional(value->get<double>())
                                                : std::nullopt;
}

/// -1 where it is not there.
inline int64_t count_field(const Json& json, const char* key) {
  const Json* value = field(json, key);
  return value != nullptr && value->is_number_integer() ? value->get<int64_t>() : -1;
}

}  // namespace jnlp
