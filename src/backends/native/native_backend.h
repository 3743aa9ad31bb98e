#pragma once

#include <memory>
#include <optional>

#include "backends/backend.h"
#include "base/thread_pool.h"
#include "formats/model_dir.h"
#include "models/engine_options.h"

namespace jnlp {

/// Loads an encoder into our own CPU engine.
/// `head` overrides the one that config.json's `architectures` names (for example, embedding from
/// any encoder). LoRA adapters are merged into the weights here. The instruction set is the best
/// that the CPU has, or what the environment variable JETSON_NLP_ISA names.
/// @throws Error unsupported for an unknown architecture; not_found or invalid_input for weights
///   that are missing or of a wrong shape (named in the message).
std::unique_ptr<Backend> load_native_backend(const ModelDir& model,
                                             std::shared_ptr<ThreadPool> pool,
                                             std::optional<Head> head = std::nullopt,
                                             const EngineOptions& options = {});

}  // namespace jnlp
