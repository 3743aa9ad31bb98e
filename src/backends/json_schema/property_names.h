#pragma once

#include <string>
#include <vector>

#include "backends/json_schema/grammar_rules.h"

namespace jnlp {

/// A rule for names of properties, in quotation marks, other than `taken`. They have no escapes, so
/// that a name cannot be written in a second way. Rules that it needs are added under `name`.
/// @throws Error unsupported for very long names.
std::string other_property_name(const std::vector<std::string>& taken, const std::string& name,
                                GrammarRules* rules);

}  // namespace jnlp
