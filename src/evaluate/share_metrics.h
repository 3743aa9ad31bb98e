#pragma once

#include <string>
#include <vector>

#include "evaluate/evaluate_options.h"
#include "evaluate/task_report.h"

namespace jnlp {

/// The share of samples that are right, with its interval. `right` must not be empty.
Metric share_metric(const std::string& key, const std::string& name, const std::vector<bool>& right,
                    const EvaluateOptions& options);

}  // namespace jnlp
