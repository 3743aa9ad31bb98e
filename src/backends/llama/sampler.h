#pragma once

#include <span>

#include "backends/llama/handles.h"
#include "backends/text_generator.h"

namespace jnlp {

/// The chain that chooses tokens as `options` say; `prompt` counts for the repeat penalty.
/// @throws Error invalid_input for a grammar that cannot be read, or as json_schema_grammar().
LlamaSamplerHandle make_llama_sampler(const llama_vocab* vocab, const GenerateOptions& options,
                                      std::span<const llama_token> prompt);

}  // namespace jnlp
