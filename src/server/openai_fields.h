#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace jnlp {

/// The JSON object of a request to OpenAI's API, or one inside it. What is wrong with a field
/// becomes an OpenAiError 400 that names it, as "messages[2].content". null counts as absent.
class OpenAiFields {
 public:
  /// `object` must outlive this; `path` is what leads to it, "" for the body.
  /// @throws OpenAiError when it is no object; so do the others for their field.
  explicit OpenAiFields(const Json& object, std::string path = "");

  /// Null when it is absent.
  const Json* find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// As find(), for a field that must be there.
  const Json& need(std::string_view name) const;

  std::optional<std::string> text(std::string_view name) const;
  std::optional<int64_t> integer(std::string_view name, int64_t least, int64_t greatest) const;
  std::optional<double> number(std::string_view name, double least, double greatest) const;
  bool boolean(std::string_view name, bool fallback) const;

  /// The field's name with what leads to it.
  std::string path(std::string_view name) const;

 private:
  const Json& object_;
  const std::string path_;
};

/// A string without U+0000, which the language model's library takes for the text's end.
/// @throws OpenAiError naming `path`.
std::string checked_text(const Json& value, const std::string& path);

/// Parses a body. The text's shape is looked at before: what is nested deeper than any request
/// needs would exhaust the stack of whoever copies it.
/// @throws OpenAiError, or Error invalid_input with the position of the fault.
Json parse_openai_body(std::string_view text);

/// What json_schema asks for, keys in their order, which is that of the answer.
/// @throws OpenAiError for a body with more members than are worth ordering, or a schema of more
///   than 64 KiB.
std::string schema_in_order(std::string_view body);

}  // namespace jnlp
