#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace jnlp {

/// Finds the directory of a model, downloading it when needed. In this order `name` may be:
/// an existing directory or file; the name of a model that ships with us ("sentiment", "ner", "qa")
/// or was fetched at set-up; an id of the Hugging Face hub ("org/name", optionally "@revision"),
/// from the local cache or from the network.
/// @throws Error not_found, io, or what the server answered, each with what to do.
std::filesystem::path resolve_model(std::string_view name);

}  // namespace jnlp
