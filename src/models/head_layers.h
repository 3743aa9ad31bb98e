#pragma once

#include <cstdint>
#include <optional>

#include "backends/backend.h"
#include "models/encoder.h"
#include "models/sentence_pooling.h"

namespace jnlp {

/// Working memory of the layers behind the encoder.
struct HeadScratch {
  FloatBuffer dense;
  LinearScratch linear;
};

/// What stands behind the encoder: dense layers for the classifiers and the language model, pooling
/// for embeddings.
class HeadLayers {
 public:
  /// @throws Error as LayerSource.
  HeadLayers(const EncoderConfig& config, Head head, const ModelDir& model, LayerSource& source);

  Head head() const { return head_; }
  int64_t output_size() const;
  /// True when only the first token of each sequence is needed.
  bool first_token_only() const;
  /// True for a row of output per token, false for one per sequence.
  bool per_token() const;
  /// Rows that run() writes.
  int64_t output_rows(const Batch& batch) const;

  /// `hidden`: what Encoder::forward gives with this first_token_only(); it is overwritten.
  void run(const Exec& exec, const Batch& batch, FloatBuffer* hidden, HeadScratch* scratch,
           float* out) const;

 private:
  Head head_;
  int64_t hidden_size_;
  Activation activation_ = Activation::none;
  std::optional<PackedLinear> dense_;
  std::optional<NormWeights> norm_;
  PackedLinear out_;
  std::optional<SentencePooling> pooling_;
};

/// The tensors of the encoder and of this head.
std::vector<WeightSpec> model_weights(const EncoderConfig& config, const ModelDir& model,
                                      Head head);

/// The tensors of the encoder and of every head that its architecture may have: what an adapter may
/// change.
std::vector<WeightSpec> adaptable_weights(const EncoderConfig& config);

}  // namespace jnlp
