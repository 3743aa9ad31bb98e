#pragma once

#include <string>

#include "base/json.h"

// Values of tokenizer_config.json, which is optional and whose fields may be missing or null.

namespace jnlp::tok {

/// A token: a text, or an object whose "content" it is. @throws Error invalid_input.
std::string config_token(const Json& config, const char* key, const std::string& usual);
/// @throws Error invalid_input.
bool config_flag(const Json& config, const char* key, bool usual);

}  // namespace jnlp::tok
