#pragma once

#include <string>

#include "hub/hub_config.h"
#include "hub/model_name.h"
#include "net/http_client.h"

namespace jnlp {

/// Turns the answer to a failed request about `name` into an Error that says what to do: not_found
/// (404, and 401 for a name the server does not admit to know), invalid_input (a token or terms are
/// missing), overloaded (429, 503), deadline (timeouts) or io.
[[noreturn]] void throw_hub_error(const HubConfig& config, const ModelName& name,
                                  const HttpResult& result);

}  // namespace jnlp
