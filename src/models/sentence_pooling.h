#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "backends/backend.h"
#include "formats/model_dir.h"
#include "kernels/activation.h"
#include "models/layer_source.h"
#include "ops/exec.h"
#include "ops/linear.h"

namespace jnlp {

/// What turns the hidden states of a sequence into its embedding: the modules behind the
/// transformer that sentence-transformers' modules.json lists (Pooling, Dense, Normalize); the mean
/// over the tokens where there is no such file.
class SentencePooling {
 public:
  enum class Mode { cls, max, mean, mean_sqrt_len, weighted_mean, last_token };

  /// @throws Error invalid_input or unsupported, naming the module.
  SentencePooling(const ModelDir& model, int64_t hidden_size, LayerSource& source);

  int64_t output_size() const { return output_size_; }
  /// True when only the first token of each sequence is looked at.
  bool first_token_only() const;

  /// `hidden`: a row per token, or per sequence when first_token_only(). One row per sequence goes
  /// to `out`.
  void run(const Exec& exec, const Batch& batch, const float* hidden, LinearScratch* scratch,
           float* out) const;

 private:
  struct Dense {
    PackedLinear layer;
    Activation activation;
  };
  struct Step {  // in file order; normalization when there is no dense layer
    bool normalize;
    Dense dense;
  };

  void pool(const Kernels& kernels, const float* rows, int64_t length, float* out) const;

  int64_t hidden_size_;
  int64_t output_size_;
  std::vector<Mode> modes_;
  std::vector<Step> steps_;
};

}  // namespace jnlp
