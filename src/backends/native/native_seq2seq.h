#pragma once

#include <memory>

#include "backends/seq2seq_backend.h"
#include "base/thread_pool.h"
#include "formats/model_dir.h"
#include "models/engine_options.h"

namespace jnlp {

/// True for a model with encoder and decoder that load_native_seq2seq can run.
bool is_native_seq2seq(const ModelDir& model);

/// Loads a model with encoder and decoder into our own CPU engine. LoRA adapters are merged into
/// the weights here. The instruction set is the best that the CPU has, or what the environment
/// variable JETSON_NLP_ISA names.
/// @throws Error unsupported for an unknown architecture or way to generate; not_found or
///   invalid_input for weights that are missing or of a wrong shape (named in the message).
std::unique_ptr<Seq2SeqBackend> load_native_seq2seq(const ModelDir& model,
                                                    std::shared_ptr<ThreadPool> pool,
                                                    const EngineOptions& options = {});

}  // namespace jnlp
