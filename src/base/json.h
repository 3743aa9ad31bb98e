#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

namespace jnlp {

using Json = nlohmann::json;
/// Keeps the order in which keys were added: for results that people read.
using OrderedJson = nlohmann::ordered_json;

/// Parses `text`. `what` names the input in the error message.
/// @throws Error invalid_input with the position of the first fault.
Json parse_json(std::string_view text, std::string_view what);
/// The same, keeping the order of keys.
OrderedJson parse_ordered_json(std::string_view text, std::string_view what);

/// Reads and parses a JSON file.
/// @throws Error not_found, io, or invalid_input.
Json read_json_file(const std::filesystem::path& path);

/// Serializes with invalid UTF-8 replaced by U+FFFD, so that it cannot throw on text from outside.
/// `indent` < 0 gives one line.
std::string dump_json(const Json& json, int indent = -1);
std::string dump_json(const OrderedJson& json, int indent = -1);

/// A float as the shortest decimal that means it, so that JSON does not show digits that are noise.
double shortest(float value);

}  // namespace jnlp
