#pragma once

#include <string>
#include <vector>

#include "backends/backend.h"
#include "models/seq2seq_layers.h"
#include "models/token_embedding.h"
#include "ops/attention.h"

namespace jnlp {

/// Working memory of the encoder, kept from call to call.
struct SourceScratch {
  std::vector<int32_t> positions;
  FloatBuffer projected;  ///< query, key and value
  FloatBuffer context;    ///< what attention gives
  FloatBuffer bias;       ///< of relative positions
  AttentionScratch attention;
  LayerScratch layers;
};

/// The encoder of a model that has a decoder too.
class Seq2SeqEncoder {
 public:
  /// `word` and `source` must outlive it. @throws Error as LayerSource.
  Seq2SeqEncoder(const Seq2SeqConfig& config, const EngineOptions& options,
                 const EmbeddingTable& word, LayerSource& source);

  /// A row of hidden_size floats per token. The batch must be checked already.
  void forward(const Exec& exec, const Batch& batch, SourceScratch* scratch,
               FloatBuffer* hidden) const;

 private:
  struct Layer {
    Layer(const Seq2SeqConfig& config, const std::string& name, const EngineOptions& options,
          LayerSource& source);

    NormWeights attention_norm;
    PackedLinear query_key_value;
    PackedLinear attention_output;
    FeedForward feed_forward;
  };

  AttentionInput attention_input(const Batch& batch, SourceScratch* scratch) const;

  Seq2SeqConfig config_;
  TokenEmbedding embedding_;
  Weight relative_bias_;
  std::vector<Layer> layers_;
  NormWeights final_norm_;
};

}  // namespace jnlp
