#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace jnlp {

/// A model on disk in Hugging Face layout: which files it has and what config.json says. A PEFT
/// LoRA adapter directory is one too; then `base` is the model that it adapts.
struct ModelDir {
  std::filesystem::path path;
  Json config;  ///< config.json (an adapter's: its base's, with its own labels)
  std::vector<std::filesystem::path> weight_files;  ///< safetensors, in shard order
  std::optional<std::filesystem::path>
      adapter_file;     ///< adapter_model.safetensors of a LoRA adapter
  Json adapter_config;  ///< adapter_config.json, null for a full model

  /// Directory that holds the tokenizer's files.
  std::filesystem::path tokenizer_path;

  /// @throws Error not_found or invalid_input; `unsupported` when the weights exist only as a
  /// pickle
  ///   (pytorch_model.bin), with what to do.
  static ModelDir open(const std::filesystem::path& directory);
};

/// Label names by index, from config.json's id2label; "LABEL_<i>" where it has none, as
/// transformers names them.
std::vector<std::string> label_names(const Json& config);

}  // namespace jnlp
