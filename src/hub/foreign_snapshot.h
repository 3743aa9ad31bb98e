#pragma once

#include <filesystem>

namespace jnlp {

/// Whether a snapshot that another program filled has enough to run: a configuration with all its
/// weights and a tokenizer, or an adapter.
bool looks_usable(const std::filesystem::path& snapshot);

}  // namespace jnlp
