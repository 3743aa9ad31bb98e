#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace jnlp {

struct HubConfig;

/// Finds the directory of a model, downloading it when needed. In this order `name` may be:
/// an existing directory, or a file (its directory is meant; a .gguf file is itself the model);
/// the name of a model that ships with us ("sentiment", "ner", "qa") or was fetched at set-up; an
/// id of the Hugging Face hub ("org/name", optionally "@revision", and ":file.gguf" for one GGUF
/// file), from the local cache or from the network. docs/models.md tells the whole story.
/// @throws Error not_found, io, overloaded, deadline or invalid_input: what failed, and what to do.
std::filesystem::path resolve_model(std::string_view name);

/// The same with settings of the caller's instead of the environment's.
std::filesystem::path resolve_model(std::string_view name, const HubConfig& config);

}  // namespace jnlp
