#pragma once

#include <string>

#include "backends/json_schema/grammar_rules.h"
#include "base/json.h"

namespace jnlp {

// What the rules of values without parts are defined as. `schema` is flat; `at` is its place, for
// messages. All of them throw Error as json_schema_grammar() says.

/// One of the values that "enum" or "const" name.
std::string values_body(const OrderedJson& schema, const std::string& at);

/// A text, with its quotation marks. Rules that a pattern needs are added under `name`.
std::string string_body(const OrderedJson& schema, const std::string& name, const std::string& at,
                        GrammarRules* rules);

/// A number, with a fraction or `whole`.
std::string number_body(const OrderedJson& schema, bool whole, const std::string& at,
                        GrammarRules* rules);

}  // namespace jnlp
