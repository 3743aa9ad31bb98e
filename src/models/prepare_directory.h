#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "formats/model_dir.h"
#include "models/engine_options.h"
#include "models/prepare.h"
#include "ops/exec.h"

namespace jnlp {

struct PrepareOptions {
  std::filesystem::path output = {};
  std::optional<Head> head = {};
  EngineOptions engine = {};
  bool prepared_only = false;  ///< without the weights for other tools
  bool force = false;          ///< replaces an older output
  std::map<std::string, std::string, std::less<>> notes = {};  ///< kept in the file for people
};

struct PrepareResult {
  PackedModel packed;
  int64_t source_bytes = 0;    ///< weights that the model came with
  int64_t prepared_bytes = 0;  ///< the prepared file
  int64_t total_bytes = 0;     ///< of all files in the output
};

/// Writes a model directory in Hugging Face layout with the prepared file beside the usual files: a
/// full model's are copied, an adapter is merged. With the model's own directory as the output only
/// the prepared file is added there. The output appears whole or not at all. Shows progress on
/// standard error.
/// @throws Error invalid_input for an output that is there and may not be replaced, before any
///   work; io; what loading the model throws.
PrepareResult prepare_directory(const ModelDir& model, const PrepareOptions& options,
                                const Exec& exec);

}  // namespace jnlp
