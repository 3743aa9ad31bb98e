#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/thread_pool.h"
#include "formats/model_dir.h"
#include "models/engine_options.h"
#include "tasks/model.h"
#include "tasks/seq2seq_writer.h"

namespace jnlp {

/// Finds a model (see resolve_model) and opens it, an adapter with its base.
ModelDir open_model(std::string_view name);

/// Finds a model (see resolve_model), opens it and loads it into the native engine.
/// `head` overrides what config.json says, for example to embed with any encoder.
/// @throws Error what finding, opening and loading throw.
LoadedModel load_model(std::string_view name, std::shared_ptr<ThreadPool> pool,
                       const EngineOptions& engine = {}, std::optional<Head> head = std::nullopt);

/// load_model() for who has token ids already: `tokenizer` is null, and the directory needs none.
LoadedModel load_model_without_tokenizer(std::string_view name, std::shared_ptr<ThreadPool> pool,
                                         const EngineOptions& engine = {},
                                         std::optional<Head> head = std::nullopt);

/// Finds a model with encoder and decoder, opens it and loads it into the native engine. What its
/// config.json says of `task` (task_specific_params, as T5's) becomes part of its default options.
/// @throws Error unsupported for a model of another kind, and as load_model().
LoadedSeq2Seq load_seq2seq(std::string_view name, std::string_view task,
                           std::shared_ptr<ThreadPool> pool, const EngineOptions& engine = {});

}  // namespace jnlp
