#pragma once

#include <string>
#include <string_view>

namespace jnlp {

/// A GBNF grammar, with the rule "root", of JSON texts that satisfy a JSON Schema; docs/chat.md
/// says which keywords it knows. All that the grammar allows satisfies the schema. Not all that
/// satisfies the schema is allowed: objects have only the properties that are named, in the order
/// in which they are named, unless additionalProperties asks for others; white space and the digits
/// of numbers are bounded, so that a model cannot go on with them for ever.
/// @throws Error invalid_input for text that is not JSON or not a schema, or a schema that nothing
///   satisfies; unsupported, with the keyword and its place, for what cannot be put into a grammar.
std::string json_schema_grammar(std::string_view schema);

}  // namespace jnlp
