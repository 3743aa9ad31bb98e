#pragma once

#include <vector>

#include "hub/hub_api.h"
#include "hub/model_name.h"

namespace jnlp {

/// Raised when what select_runtime_files chooses changes, so that older downloads are completed.
inline constexpr int kSelectionVersion = 1;

/// The files of `files` that a runtime needs: configuration, tokenizer, safetensors weights (one
/// format, one copy), the pieces of sentence-transformers and PEFT. With `name.file` that GGUF file
/// and, of the rest, only configuration and tokenizer.
/// @throws Error unsupported when the repository has only formats that are not read here
/// (pickle, or several GGUF files of which one must be named), not_found when there are no weights
/// at all or `name.file` is not among the files.
std::vector<RepoFile> select_runtime_files(const ModelName& name,
                                           const std::vector<RepoFile>& files);

}  // namespace jnlp
