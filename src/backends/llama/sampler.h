#pragma once

#include <span>

#include "backends/llama/handles.h"
#include "backends/text_generator.h"

namespace jnlp {

/// The chain that chooses tokens as `options` say; `prompt` counts for the repeat penalty. None
/// where the likeliest token is taken as it is: llama.cpp's chain would first write an entry for
/// each token of the vocabulary.
/// @throws Error invalid_input for a grammar that cannot be read, or as json_schema_grammar().
LlamaSamplerHandle make_llama_sampler(const llama_vocab* vocab, const GenerateOptions& options,
                                      std::span<const llama_token> prompt);

/// The token that follows output `place` (-1: the last one) of what `context` computed, by
/// `sampler`; without one, the likeliest token (the first of equals, as llama.cpp).
/// @throws Error internal when llama.cpp has no logits there or cannot choose.
llama_token choose_llama_token(llama_sampler* sampler, llama_context* context, int32_t place);

/// The index of the greatest of `values`, the first of equals; a NaN is never it, 0 when all are.
size_t greatest_index(std::span<const float> values);

}  // namespace jnlp
