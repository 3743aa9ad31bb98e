#pragma once

#include "backends/seq2seq_options.h"
#include "base/json.h"

namespace jnlp {

/// The options that a model's files ask for: generation_config.json's, or where that is null those
/// that an old config.json holds. Of the special tokens config.json has a say where the other file
/// is silent.
/// @throws Error unsupported for sampling and other ways to generate that we do not have;
///   invalid_input for a value of a wrong type. The message names the field.
Seq2SeqOptions read_generation_options(const Json& config, const Json& generation_config);

/// The options with max_length and min_length settled, max_new_tokens and min_new_tokens unset.
/// `max_positions`: longest target that the model can read, 0 for no limit.
/// @throws Error invalid_input for options that make no sense, contradict each other or need ids
///   outside the vocabulary.
Seq2SeqOptions settle(Seq2SeqOptions options, int64_t max_positions, int64_t vocab_size);

}  // namespace jnlp
