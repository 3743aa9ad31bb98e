#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "evaluate/datasets/source.h"

namespace jnlp {

/// A label cell as text: integers (1, 1.0, "1.0") as their digits, or as the name with that index
/// when `names` is not empty.
/// @throws Error invalid_input for a missing label (null, "", -1: an unlabelled split), an index
///   outside the names, or a cell that is no single label.
std::string label_text(const DataSource& source, size_t line, const Json& cell,
                       const std::vector<std::string>& names);

}  // namespace jnlp
