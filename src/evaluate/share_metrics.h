#pragma once

#include <string>
#include <vector>

#include "evaluate/task_report.h"

namespace jnlp {

/// The share of samples that are right, with Wilson's interval. `right` must not be empty.
Metric share_metric(const std::string& key, const std::string& name,
                    const std::vector<bool>& right);

}  // namespace jnlp
