#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "tasks/model.h"

namespace jnlp::test {

/// One of the tiny random models of tests/golden/tasks, in the native engine; `head` as in
/// load_model().
LoadedModel golden_model(const std::string& name, std::optional<Head> head = std::nullopt);

/// tests/golden/tasks/<name>.json.
Json golden_cases(const std::string& name);

/// A context of about `words` words, each different from its neighbours.
std::string long_text(size_t words);

}  // namespace jnlp::test
