#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace jnlp {

/// When beam search ends before max_length. The names are those of transformers' early_stopping.
enum class EarlyStopping {
  no,    ///< False: when what runs is unlikely to beat what is finished
  yes,   ///< True: as soon as num_beams hypotheses are finished
  never  ///< "never": when what runs cannot beat what is finished
};

/// How text is generated: the fields of transformers' GenerationConfig, with its names and
/// meanings. A model's own are Seq2SeqBackend::default_options(): take these and change what should
/// differ.
struct Seq2SeqOptions {
  std::optional<int64_t> max_length;      ///< tokens, the start token counted; unset: 21
  std::optional<int64_t> max_new_tokens;  ///< tokens behind the start token; wins over max_length
  int64_t min_length = 0;
  std::optional<int64_t> min_new_tokens;  ///< wins over min_length

  int64_t num_beams = 1;  ///< 1 is greedy search
  int64_t num_return_sequences = 1;
  double length_penalty = 1;  ///< a hypothesis' score is its sum divided by length ^ length_penalty
  EarlyStopping early_stopping = EarlyStopping::no;

  float repetition_penalty = 1;
  int64_t no_repeat_ngram_size = 0;  ///< 0: n-grams may come again
  std::vector<std::vector<int32_t>> bad_words_ids;
  std::vector<int32_t> suppress_tokens;
  std::vector<int32_t> begin_suppress_tokens;
  bool renormalize_logits = false;

  std::optional<int32_t> forced_bos_token_id;
  std::vector<int32_t> forced_eos_token_id;  ///< one of them, in the last place that max_length has
  std::optional<int32_t> decoder_start_token_id;  ///< must be set
  std::vector<int32_t> eos_token_id;

  /// Not of GenerationConfig, but as its stopping criteria are: asked before every step; true ends
  /// generate() with an Error of the code deadline. Must be quick and must not throw.
  std::function<bool()> given_up = {};
};

}  // namespace jnlp
