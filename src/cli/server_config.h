#pragma once

#include <filesystem>

#include "cli/server_options.h"

namespace CLI {
class App;
}  // namespace CLI

namespace jnlp {

/// Reads options of the server command from an INI or TOML file as CLI11 reads them, by their long
/// names and perhaps under [server]: `port = 5000`. To be called once command line and environment
/// were read: what they said stands, also about a task's model that was named in another way.
/// @throws CLI::ParseError that names the file and what is wrong there.
void apply_server_config(CLI::App& command, const std::filesystem::path& file, ServerFlags* flags);

}  // namespace jnlp
