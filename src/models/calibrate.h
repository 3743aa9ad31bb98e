#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "backends/backend.h"
#include "base/thread_pool.h"
#include "formats/model_dir.h"

namespace jnlp {

/// What to learn a model's activations from.
struct CalibrationInput {
  std::optional<Head> head = {};  ///< nothing for the one that config.json names
  /// The next batch of typical inputs; nothing at the end.
  std::function<std::optional<Batch>()> next;
  std::map<std::string, std::string, std::less<>> notes = {};  ///< kept in the file for people
};

/// Runs the model in FP32 over the inputs and writes its kActivationRangesFile to `path`, from
/// which INT8 weights are smoothed (ops/smoothing.h).
/// @throws Error what loading and running the model throw; invalid_input without any input; io.
void calibrate(const ModelDir& model, std::shared_ptr<ThreadPool> pool,
               const CalibrationInput& input, const std::filesystem::path& path);

}  // namespace jnlp
