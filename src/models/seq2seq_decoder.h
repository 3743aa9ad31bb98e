#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/decoder_cache.h"
#include "models/seq2seq_layers.h"
#include "models/token_embedding.h"
#include "ops/cross_attention.h"

namespace jnlp {

/// What a decoder knows while it writes the targets of some sources, and its working memory.
struct DecoderState {
  DecoderCache cache;
  std::vector<PackedSources> sources;  ///< keys and values of the sources, per layer
  FloatBuffer bias;                    ///< of relative positions
  int64_t max_steps = 0;

  FloatBuffer projected;
  FloatBuffer hidden;
  FloatBuffer query;
  FloatBuffer context;
  FloatBuffer scores;
  LayerScratch layers;
};

/// The decoder with its LM head: a token more for several hypotheses at once.
class Seq2SeqDecoder {
 public:
  /// `word` and `source` must outlive it. @throws Error as LayerSource.
  Seq2SeqDecoder(const Seq2SeqConfig& config, const EngineOptions& options,
                 const EmbeddingTable& word, LayerSource& source);

  /// Begins the targets of some sources, one hypothesis for each. `encoded`: what the encoder gives
  /// for them. At most `steps` tokens will be read, at most `slots` hypotheses at once.
  void start(const Exec& exec, const float* encoded, std::span<const int32_t> cu_seqlens,
             int64_t steps, int64_t slots, DecoderState* state) const;

  /// Reads a token for each of the state's hypotheses, whose sources `groups` names. `logits` gets
  /// a row of vocab_size floats for each.
  void step(const Exec& exec, std::span<const int32_t> tokens, std::span<const QueryGroup> groups,
            DecoderState* state, float* logits) const;

 private:
  struct Layer {
    Layer(const Seq2SeqConfig& config, const std::string& name, const EngineOptions& options,
          LayerSource& source);

    NormWeights self_norm;
    PackedLinear self_query_key_value;
    PackedLinear self_output;
    NormWeights cross_norm;
    PackedLinear cross_query;
    PackedLinear cross_key_value;
    PackedLinear cross_output;
    FeedForward feed_forward;
  };

  void attend_to_target(const Exec& exec, size_t layer, ResidualStream* stream,
                        DecoderState* state) const;
  void attend_to_source(const Exec& exec, size_t layer, std::span<const QueryGroup> groups,
                        ResidualStream* stream, DecoderState* state) const;

  Seq2SeqConfig config_;
  TokenEmbedding embedding_;
  Weight relative_bias_;
  std::vector<Layer> layers_;
  NormWeights final_norm_;
  PackedLinear lm_head_;
};

}  // namespace jnlp
