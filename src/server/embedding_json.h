#pragma once

#include <span>
#include <string>

#include "base/json.h"
#include "tasks/embedder.h"

namespace jnlp {

/// A list of numbers, written directly: a JSON value for each number would take longer than the
/// model.
/// @throws Error internal for a number that JSON cannot write.
std::string vector_json(const Embedding& embedding);
/// A list of such lists.
std::string embeddings_json(std::span<const Embedding> embeddings);

/// Cosine of the first one's angle to each of the others.
OrderedJson similarities_json(std::span<const Embedding> embeddings);

}  // namespace jnlp
