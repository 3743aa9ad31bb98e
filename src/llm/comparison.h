#pragma once

#include <string>
#include <vector>

#include "llm/method_run.h"
#include "report/host.h"

namespace jnlp {

/// Everything that one run of the command `llm` found out.
struct LlmComparison {
  std::string created;  ///< UTC
  HostFacts host;
  int threads = 0;
  ComparisonOptions options;
  std::vector<MethodResult> methods;  ///< in the order of the plans, failed ones too
  std::vector<std::string> findings;  ///< which is fastest, lightest, most accurate
};

/// Runs the methods one after another, each loaded alone, or with ComparisonOptions::in_turns all
/// loaded and their runs in turns, which shares what changes on the machine meanwhile.
/// @throws Error invalid_input for no prompts or an unknown reference.
LlmComparison compare_runtimes(const std::vector<MethodPlan>& plans,
                               const ComparisonOptions& options);

}  // namespace jnlp
