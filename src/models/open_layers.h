#pragma once

#include <memory>
#include <optional>

#include "formats/model_dir.h"
#include "models/encoder_config.h"
#include "models/engine_options.h"
#include "models/layer_source.h"
#include "ops/exec.h"

namespace jnlp {

/// Where a model's layers come from and what was settled on the way.
struct OpenedLayers {
  std::unique_ptr<LayerSource> source;
  Head head;
  EngineOptions options;
  bool prepared;  ///< mapped, not packed
};

/// The head that config.json's `architectures` names.
Head head_of(const ModelDir& model);

/// Opens the prepared file if the model has one that was made for what is asked; what is not asked
/// (no head, no type of weights) is what that file has. Else opens the checkpoint.
/// @throws Error invalid_input for a prepared file that is damaged or does not belong to the model;
///   what opening a checkpoint throws.
OpenedLayers open_layers(const ModelDir& model, const EncoderConfig& config,
                         std::optional<Head> head, const EngineOptions& options, const Exec& exec);

}  // namespace jnlp
