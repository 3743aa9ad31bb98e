#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace jnlp {

// A JSON Schema read keyword by keyword. `at` is where a schema is in its document ("#/items"), for
// messages.

/// @throws Error with the place in front.
[[noreturn]] void fail_schema(bool unsupported, const std::string& at, std::string_view why);

/// @throws Error invalid_input when `schema` is neither an object nor true or false; unsupported
///   for the first keyword that is not known.
void check_schema_keywords(const OrderedJson& schema, const std::string& at);

/// The schema without title, description and what else says nothing of the values.
OrderedJson without_annotations(const OrderedJson& schema);

/// The value of a keyword, or null when it is not there.
const OrderedJson* keyword(const OrderedJson& schema, std::string_view name);
/// A keyword with a number of things. @throws Error invalid_input for another value.
std::optional<int64_t> count_keyword(const OrderedJson& schema, std::string_view name,
                                     const std::string& at);
/// A keyword with a list of schemas. @throws Error invalid_input for another value, or an empty
/// one.
const OrderedJson& schema_list(const OrderedJson& schema, std::string_view name,
                               const std::string& at);
/// The names in "required". @throws Error invalid_input for another value.
std::vector<std::string> required_names(const OrderedJson& schema, const std::string& at);

/// The types that "type" names. Without it those that keywords are about: {"items": ...} is about
/// arrays. Empty when there is nothing to tell by: any. @throws Error invalid_input for others.
std::vector<std::string> schema_types(const OrderedJson& schema, const std::string& at);
/// Whether a value is of one of these types, or `types` is empty.
bool has_type(const OrderedJson& value, const std::vector<std::string>& types);

/// The part of the document that a "$ref" of it names. @throws Error unsupported for another
/// document, invalid_input for nothing.
const OrderedJson& resolve_ref(const OrderedJson& document, const std::string& ref,
                               const std::string& at);

}  // namespace jnlp
