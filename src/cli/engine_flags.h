#pragma once

#include <optional>

#include "backends/backend.h"
#include "models/engine_options.h"

namespace CLI {
class App;
}  // namespace CLI

namespace jnlp {

/// Adds --dtype and --keep-fp32, which say how a model's weights are held. `options` must outlive
/// the command.
void add_engine_flags(CLI::App& command, EngineOptions* options);

/// Adds --head; `head` must outlive the command.
void add_head_option(CLI::App& command, std::optional<Head>* head);

}  // namespace jnlp
