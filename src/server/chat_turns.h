#pragma once

#include <string>
#include <vector>

#include "backends/text_generation_pool.h"

namespace jnlp {

/// Leaves out the oldest exchanges of a conversation until it fits the model's context with room
/// for an answer of `max_tokens`, or of a quarter of the context. A system message at its beginning
/// stays, and so does the last message: alone it may be too long still, which the caller finds.
std::string fitting_prompt(const TextGenerationPool& pool, std::vector<ChatMessage>* messages,
                           int64_t max_tokens);

}  // namespace jnlp
