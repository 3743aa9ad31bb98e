#pragma once

#include <filesystem>
#include <span>

namespace jnlp {

/// Names under which a model directory keeps its tokenizer: the files that suffice alone
/// (vocab.json wants merges.txt too), and those that stand beside them.
std::span<const char* const> tokenizer_files();
std::span<const char* const> tokenizer_side_files();

/// Whether `directory` has one of tokenizer_files().
bool has_tokenizer(const std::filesystem::path& directory);

}  // namespace jnlp
