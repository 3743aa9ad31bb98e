#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace jnlp {

/// Name of the file that holds a model's weights ready to run (models/prepared_file.h).
inline constexpr std::string_view kPreparedFile = "prepared.safetensors";

/// Name of the file that says how large a model's activations become (models/activation_ranges.h).
inline constexpr std::string_view kActivationRangesFile = "activation_ranges.safetensors";

/// Finds the directory of the base model that an adapter names. hub's resolve_model is one.
using BaseResolver = std::function<std::filesystem::path(std::string_view name)>;

/// A model on disk in Hugging Face layout: which files it has and what config.json says. A PEFT
/// LoRA adapter directory is one too; then the weight files are those of the model that it adapts.
struct ModelDir {
  std::filesystem::path path;       ///< the directory that was opened (an adapter's own)
  std::filesystem::path base_path;  ///< directory of the full model; `path` unless an adapter
  Json config;  ///< config.json; for an adapter its base's, overridden key by key by its own
  Json generation_config;  ///< generation_config.json of base_path, null when absent
  std::vector<std::filesystem::path> weight_files;  ///< safetensors, in shard order
  std::optional<std::filesystem::path>
      adapter_file;     ///< adapter_model.safetensors of a LoRA adapter
  Json adapter_config;  ///< adapter_config.json, null for a full model
  /// kPreparedFile of `path`, if it is there: then a full model may have no weight files.
  std::optional<std::filesystem::path> prepared_file;
  std::optional<std::filesystem::path> ranges_file;  ///< kActivationRangesFile of `path`, if any

  /// Directory that holds the tokenizer's files: the adapter's own when it has them.
  std::filesystem::path tokenizer_path;
  Json tokenizer_config;  ///< tokenizer_config.json of tokenizer_path, null when absent

  /// Opens a full model or an adapter. The base of an adapter is looked for beside it (a path
  /// relative to the adapter or absolute), then asked of `find_base`.
  /// @throws Error not_found or invalid_input; `unsupported` when the weights exist only as a
  ///   pickle (pytorch_model.bin), with what to do.
  static ModelDir open(const std::filesystem::path& directory, const BaseResolver& find_base = {});

  /// Directory that has sentence-transformers' modules.json: the adapter's own, else its base's
  /// (which need not have it either).
  std::filesystem::path modules_path() const;

  bool is_adapter() const { return adapter_file.has_value(); }
};

/// Label names by index, from config.json's id2label; "LABEL_<i>" where it has none, as
/// transformers names them (num_labels of them, 2 when that is not said either).
/// @throws Error invalid_input when id2label is not a map from 0..n-1 to names.
std::vector<std::string> label_names(const Json& config);

}  // namespace jnlp
