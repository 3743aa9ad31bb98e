#pragma once

#include "server/server_models.h"

namespace jnlp::fuzz {

/// Models for all tasks but chat, without weights: what they compute is made up of the tokens' ids,
/// the same for the same tokens. The tokenizer knows letters, digits and punctuation.
const ServerModels& served_models();

}  // namespace jnlp::fuzz
