#pragma once

#include <cstdint>
#include <string>

#include "models/engine_options.h"
#include "models/layer_source.h"
#include "models/seq2seq_config.h"
#include "ops/linear.h"
#include "ops/rows.h"

namespace jnlp {

/// Working memory of rows on their way through layers.
struct LayerScratch {
  FloatBuffer normed;
  FloatBuffer wide;
  FloatBuffer narrow;
  LinearScratch linear;
};

/// The hidden states that pass through a stack's layers. Each part of a layer reads them and adds
/// to them, with a norm before it (T5, Pegasus) or behind the sum (BART, Marian).
class ResidualStream {
 public:
  ResidualStream(const Exec& exec, bool norm_first, int64_t rows, int64_t columns, float* hidden,
                 LayerScratch* scratch);

  int64_t rows() const { return rows_; }
  int64_t columns() const { return columns_; }
  float* hidden() { return hidden_; }
  LayerScratch& scratch() { return *scratch_; }

  /// What a part with this norm reads.
  ConstMatrix read(const NormWeights& norm);
  /// Takes in what a linear layer makes of `x` as the result of the part with this norm.
  void add(const NormWeights& norm, const PackedLinear& layer, const float* x, int64_t x_stride);

 private:
  const Exec& exec_;
  bool norm_first_;
  int64_t rows_;
  int64_t columns_;
  float* hidden_;
  LayerScratch* scratch_;
};

/// Feed-forward net, plain or gated.
class FeedForward {
 public:
  /// `name` without the last dot, "encoder.layers.0.ffn". @throws Error as LayerSource.
  FeedForward(const Seq2SeqConfig& config, const std::string& name, const EngineOptions& options,
              LayerSource& source);

  void run(const Exec& exec, ResidualStream* stream) const;

 private:
  Activation activation_;
  bool gated_;
  NormWeights norm_;
  PackedLinear up_;  // gated: the gate's outputs, then those that it lets through
  PackedLinear down_;
};

/// A linear layer of these modules, in the type that the options give them.
PackedLinear linear_of(const std::vector<std::string>& modules, const EngineOptions& options,
                       LayerSource& source);

/// What attention multiplies its scores by.
float attention_scale(const Seq2SeqConfig& config, const StackConfig& stack);

}  // namespace jnlp
