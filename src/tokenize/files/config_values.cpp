#include "tokenize/files/config_values.h"

#include <fmt/format.h>

#include "base/error.h"

namespace jnlp::tok {

std::string config_token(const Json& config, const char* key, const std::string& usual) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) return usual;
  if (found->is_string()) return found->get<std::string>();
  if (found->is_object() && found->contains("content") && (*found)["content"].is_string()) {
    return (*found)["content"].get<std::string>();
  }
  throw Error(ErrorCode::invalid_input,
              fmt::format("tokenizer_config.json: field \"{}\" must be a text or token", key));
}

bool config_flag(const Json& config, const char* key, bool usual) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) return usual;
  if (found->is_boolean()) return found->get<bool>();
  throw Error(ErrorCode::invalid_input,
              fmt::format("tokenizer_config.json: field \"{}\" must be true or false", key));
}

}  // namespace jnlp::tok
