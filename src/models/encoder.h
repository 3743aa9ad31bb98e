#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "backends/backend.h"
#include "models/encoder_config.h"
#include "models/engine_options.h"
#include "models/layer_source.h"
#include "ops/attention.h"
#include "ops/linear.h"
#include "ops/rows.h"

namespace jnlp {

/// Working memory for rows that go through a layer together.
struct RowScratch {
  FloatBuffer wide;    ///< the inner layer of the feed-forward net
  FloatBuffer narrow;  ///< a layer's output before its norm
  LinearScratch linear;
};

/// Working memory of a forward pass, kept from call to call. One pass at a time may use it.
struct EncoderScratch {
  FloatBuffer projected;  ///< query, key and value
  FloatBuffer context;    ///< what attention gives
  FloatBuffer query;      ///< of first tokens
  FloatBuffer bias;       ///< relative position bias by head and distance
  AttentionScratch attention;
  std::vector<RowScratch> per_worker;
  ThreadPool alone{1, CpuBudget{}};  ///< for work inside a task
};

/// One forward pass for every architecture: embeddings, then layers of attention and feed-forward
/// net, each with a residual and a layer norm behind it (Devlin et al. 2018; Song et al. 2020 for
/// MPNet's relative bias; Lan et al. 2019 for ALBERT's shared layers).
class Encoder {
 public:
  /// The word embeddings stay in the source's mapping: `source` must outlive the encoder.
  /// @throws Error as LayerSource.
  Encoder(const EncoderConfig& config, const EngineOptions& options, LayerSource& source);

  const EncoderConfig& config() const { return config_; }
  /// The matrices inside of the layers, which may be quantized, by their first module's name.
  std::vector<std::pair<std::string, LinearView>> inner_layers() const;

  /// Hidden states after the last layer, hidden_size floats per row: a row per token, or with
  /// `first_token_only` a row per sequence. The batch must be checked already.
  void forward(const Exec& exec, const Batch& batch, bool first_token_only, EncoderScratch* scratch,
               FloatBuffer* hidden) const;

 private:
  struct Layer {
    PackedLinear query_key_value;
    PackedLinear attention_output;
    NormWeights attention_norm;
    PackedLinear up;
    PackedLinear down;
    NormWeights output_norm;
  };

  const Layer& layer_at(size_t step) const {
    return layers_[static_cast<size_t>(layer_order_[step])];
  }
  void embed(const Exec& exec, const Batch& batch, EncoderScratch* scratch, float* hidden) const;
  void make_relative_bias(const Batch& batch, EncoderScratch* scratch) const;
  AttentionInput attention_input(const Batch& batch, const EncoderScratch& scratch) const;
  void project_first_tokens(const Exec& exec, const Layer& layer, const Batch& batch,
                            EncoderScratch* scratch, float* hidden) const;
  void finish_rows(const Exec& exec, const Layer& layer, int64_t rows, const float* context,
                   RowScratch* scratch, float* hidden) const;

  EncoderConfig config_;
  EmbeddingTable word_;
  Weight position_;
  Weight type_;
  NormWeights embedding_norm_;
  PackedLinear projection_;
  Weight relative_bias_;
  std::vector<Layer> layers_;
  std::vector<int64_t> layer_order_;
  int64_t weight_bytes_ = 0;  // of a layer
  bool projects_ = false;
};

}  // namespace jnlp
