#pragma once

#include <string_view>

#include "backends/text_generator.h"
#include "server/openai_fields.h"

namespace jnlp {

/// How a client of OpenAI's API wants a text continued: max_completion_tokens or max_tokens,
/// temperature (0 unless given: greedy, as everywhere here), top_p, seed, stop, and of llama.cpp's
/// server top_k and min_p. What would be left out silently is refused: n, penalties, logprobs,
/// tools and the like, unless the value asks for nothing.
/// @throws OpenAiError naming the field.
GenerateOptions read_generate_options(const OpenAiFields& fields, int64_t default_max_tokens);

/// response_format: text, json_object or json_schema. `body` is the text that `fields` were parsed
/// from. @throws OpenAiError.
void read_response_format(const OpenAiFields& fields, std::string_view body,
                          GenerateOptions* options);

}  // namespace jnlp
