#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "hub/hub_config.h"
#include "hub/model_name.h"

namespace jnlp {

/// A model of that name in the folders of models that ship with us or were fetched at set-up; the
/// name may carry its owner ("org/name" is then looked for as it is).
std::optional<std::filesystem::path> find_local_model(std::string_view name,
                                                      const HubConfig& config);

/// The base model, which set-up fetches under its short name.
inline constexpr std::string_view kBaseModel = "all-MiniLM-L6-v2";
inline constexpr std::string_view kBaseModelId = "sentence-transformers/all-MiniLM-L6-v2";

/// What the hub calls the model: parse_model_name, and the short name of the base model.
/// @throws Error not_found for a model of ours ("sentiment", "ner", "qa"), which is never looked
/// for on the hub; invalid_input.
ModelName hub_model_name(std::string_view text, const HubConfig& config);

/// Whether a directory holds at least one file that a model consists of.
bool looks_like_model_dir(const std::filesystem::path& directory);

}  // namespace jnlp
