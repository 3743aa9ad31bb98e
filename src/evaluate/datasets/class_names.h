#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace jnlp {

/// Names of the integer classes of `column`, as the description of a Hugging Face data set gives
/// them: dataset_infos.json, or the YAML block at the top of README.md, in `directory`. Empty when
/// neither is there or neither names them.
/// Form: https://github.com/huggingface/datasets/blob/main/docs/source/about_dataset_features.mdx
/// @throws Error invalid_input when dataset_infos.json is not JSON.
std::vector<std::string> read_class_names(const std::filesystem::path& directory,
                                          const std::string& column);

}  // namespace jnlp
