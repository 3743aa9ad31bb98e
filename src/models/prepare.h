#pragma once

#include <functional>
#include <optional>

#include "formats/model_dir.h"
#include "formats/safetensors.h"
#include "models/engine_options.h"
#include "models/prepared_file.h"
#include "ops/exec.h"

namespace jnlp {

/// Of `total` tensors, `done` are packed.
using PackProgress = std::function<void(int64_t done, int64_t total)>;

struct PackOptions {
  std::optional<Head> head = {};  ///< nothing for the one that config.json names
  EngineOptions engine = {};
  std::map<std::string, std::string, std::less<>> notes = {};  ///< kept in the file for people
  PackProgress progress = {};
};

struct PackedModel {
  PreparedFacts facts;
  double seconds = 0;  ///< what packing took: what every start would take without the file
};

/// Packs a model from its checkpoint, as loading does, and writes all layers that it then asked for
/// as the prepared file of `target` (written aside, then renamed): the model's own directory, or
/// one with copies of its config.json and weights.
/// @throws Error what loading the model throws; io.
PackedModel write_prepared_file(const ModelDir& model, const ModelDir& target,
                                const PackOptions& options, const Exec& exec);

/// Writes the weights of a model with its adapter merged, FP32, under the names that transformers
/// gives them. @throws Error as WeightStore; io.
void write_merged_weights(const ModelDir& model, const std::filesystem::path& path,
                          std::optional<Head> head);

}  // namespace jnlp
