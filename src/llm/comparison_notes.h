#pragma once

#include <string>
#include <vector>

#include "llm/comparison.h"

namespace jnlp {

/// What a reader of the figures must know: models, how it was measured, the machine. A paragraph
/// each.
std::vector<std::string> comparison_notes(const LlmComparison& comparison);

}  // namespace jnlp
