#pragma once

#include <string>

#include "base/json.h"
#include "llm/comparison.h"

namespace jnlp {

/// The table of all methods, as plain text or as Markdown, and below it the questions, the findings
/// and what is needed to read the figures.
std::string comparison_text(const LlmComparison& comparison, bool markdown);

/// The result for machines; docs/llm.md describes its fields. What was not measured is null.
OrderedJson comparison_json(const LlmComparison& comparison);

/// The result as one web page that needs nothing else, with a chart for each figure.
std::string comparison_html(const LlmComparison& comparison);

}  // namespace jnlp
