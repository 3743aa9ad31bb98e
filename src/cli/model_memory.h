#pragma once

#include <cstdint>

#include "formats/model_dir.h"
#include "models/engine_options.h"

namespace jnlp {

/// Bytes that a model's weights will take in memory, from the headers of its files and the type
/// that they are to have; a prepared model takes what its file does. An estimate: scales of INT8,
/// layers that stay FP32 and what running needs are not in it.
/// @throws Error what a missing or damaged file throws.
int64_t estimated_memory(const ModelDir& model, const EngineOptions& engine);

}  // namespace jnlp
