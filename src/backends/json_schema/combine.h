#pragma once

#include <string>

#include "base/json.h"

namespace jnlp {

/// What may still be done for the schemas of one document: with "$ref" a short one can stand for
/// one without end.
struct SchemaBudget {
  int steps = 50'000;
};

/// Follows "$ref" beside other keywords and merges "allOf" into one schema that allows what all
/// of them allow; "anyOf" and "oneOf" stay, of one of them at most. What is inside properties and
/// items is left as it is; where both have some, it becomes an "allOf".
/// @throws Error unsupported for what cannot be merged or is too much, invalid_input for what
///   nothing satisfies.
OrderedJson flatten_schema(const OrderedJson& document, const OrderedJson& schema,
                           const std::string& at, SchemaBudget* budget);

/// What both schemas, which are flat, allow. @throws Error as flatten_schema().
OrderedJson merge_schemas(const OrderedJson& a, const OrderedJson& b, const std::string& at);

/// Whether it can be told that no value that a grammar makes of one of these schemas satisfies the
/// other, as "oneOf" wants it: other types, other values, a property with other values that both
/// require, or one that the other cannot have.
bool exclude_each_other(const OrderedJson& document, const OrderedJson& a, const OrderedJson& b,
                        const std::string& at, SchemaBudget* budget);

}  // namespace jnlp
