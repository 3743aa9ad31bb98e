#pragma once

#include <string>
#include <string_view>

#include "backends/json_schema/grammar_rules.h"

namespace jnlp {

/// What matches, inside a JSON string, the texts that a regular expression of a JSON Schema
/// (ECMAScript's) matches anywhere. It may have literals, ".", classes, \d \w \s and their
/// opposites, groups, "|", the quantifiers, and ^ and $ at the ends of an alternative. Rules that
/// it needs are added under `name`.
/// @throws Error invalid_input for what is no regular expression, unsupported for what is more than
///   that (looking ahead, references, word boundaries, names of properties of characters).
std::string pattern_grammar(std::string_view pattern, const std::string& name, GrammarRules* rules);

}  // namespace jnlp
