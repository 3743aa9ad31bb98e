#pragma once

#include <filesystem>

namespace jnlp {

/// Whether a file of this name belongs to a model directory's tokenizer.
bool is_tokenizer_file(const std::filesystem::path& name);

/// Whether `directory` has a file that suffices alone (vocab.json wants merges.txt too).
bool has_tokenizer(const std::filesystem::path& directory);

}  // namespace jnlp
