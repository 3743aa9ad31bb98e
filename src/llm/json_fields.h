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

/// -1 where it is not there, or is no number of things that can be added up.
inline int64_t count_field(const Json& json, const char* key) {
  constexpr double kMost = 1e15;
  const double count = number_field(json, key).value_or(-1);
  const Json* value = field(json, key);
  const bool is_count = count >= 0 && count <= kMost && value->is_number_integer();
  return is_count ? static_cast<int64_t>(count) : -1;
}

}  // namespace jnlp
