#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "http/request.h"

namespace jnlp {

/// A request's JSON. Lists and objects may stand in one another sixty-four deep: whoever copies or
/// writes a value calls itself for each level, and a client must not be able to use up the stack.
/// @throws Error invalid_input with the position of the fault; http::HttpError 400 for deeper ones.
Json parse_request_json(std::string_view text);

/// The fields of a request's JSON body. What is wrong with them becomes an answer that names the
/// field: 400 for a body that is no JSON object (with the position of the fault), 422 for a field
/// that is missing, has the wrong type or is out of range. Fields that nobody asks for are ignored.
class RequestFields {
 public:
  /// @throws http::HttpError as said; so do the others.
  explicit RequestFields(const http::Request& request);
  /// The fields of an object within a body.
  explicit RequestFields(Json object) : body_(std::move(object)) {}

  bool has(std::string_view name) const;
  std::string text(std::string_view name) const;
  /// One text, or a list of 1 to kMaxTexts.
  std::vector<std::string> texts(std::string_view name) const;
  int64_t integer(std::string_view name, int64_t fallback, int64_t least, int64_t greatest) const;
  bool boolean(std::string_view name, bool fallback) const;
  RequestFields object(std::string_view name) const;
  const Json& json() const { return body_; }

  static constexpr size_t kMaxTexts = 1024;
  /// Of labels or answers for one text.
  static constexpr int64_t kMaxTopK = 1000;

 private:
  const Json* find(std::string_view name) const;

  Json body_;
};

/// 422 for a field.
[[noreturn]] void fail_field(std::string_view name, std::string_view why);

}  // namespace jnlp
