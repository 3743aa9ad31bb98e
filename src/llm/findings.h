#pragma once

#include <string>
#include <vector>

namespace jnlp {

struct LlmComparison;

/// Sentences on which method is fastest, lightest and most accurate, each with its margin over the
/// next, or that there is no clear difference: rates whose ranges over the runs overlap, accuracies
/// whose intervals do. Says also when the methods did not run the same model.
std::vector<std::string> findings_of(const LlmComparison& comparison);

}  // namespace jnlp
