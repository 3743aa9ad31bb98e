#pragma once

#include <ATen/ATen.h>

#include <optional>
#include <string>
#include <vector>

#include "train/network_weights.h"
#include "train/padded_chunk.h"

namespace jnlp {

/// Zeroes elements at random and scales the others. On the CPU the choice depends on the seed
/// alone; one object is used by one thread.
class Dropout {
 public:
  Dropout() = default;
  Dropout(double rate, uint64_t seed);
  at::Tensor operator()(const at::Tensor& input);

 private:
  double rate_ = 0;
  at::Generator generator_;
};

/// An encoder with a head in libtorch, for training: the same function as models/encoder.h, with
/// gradients. Dropout applies to embeddings, to what each sublayer adds, and before the output
/// layer; attention probabilities are not dropped. forward() may run in several threads at once.
class Network {
 public:
  /// @throws Error as read_encoder_config and NetworkWeights; unsupported for relative positions.
  Network(const ModelDir& base, const TrainOptions& options, int64_t labels, at::Device device);

  /// Logits: [sequences, labels] for classification, else [sequences, length, labels].
  at::Tensor forward(const PaddedChunk& chunk, Dropout* dropout) const;

  const std::vector<Parameter>& parameters() const { return weights_.parameters(); }
  const NetworkWeights& weights() const { return weights_; }
  const EncoderConfig& config() const { return config_; }
  at::Device device() const { return device_; }

 private:
  struct Linear {
    at::Tensor weight, bias;
    LoraPair lora;
  };
  struct Norm {
    at::Tensor weight, bias;
  };
  struct Layer {
    Linear query, key, value, attention_output, up, down;
    Norm attention_norm, output_norm;
  };

  Linear linear(const std::string& module) const;
  std::optional<Linear> optional_linear(const std::string& module) const;
  Norm norm(const std::string& module) const;
  at::Tensor run(const Linear& linear, const at::Tensor& input) const;
  at::Tensor run(const Norm& norm, const at::Tensor& input) const;
  at::Tensor embed(const PaddedChunk& chunk) const;
  at::Tensor attend(const Layer& layer, const at::Tensor& input, const PaddedChunk& chunk) const;

  EncoderConfig config_;
  TrainTask task_;
  at::Device device_;
  double lora_scale_;
  Activation head_activation_;
  NetworkWeights weights_;
  Norm embedding_norm_;
  std::optional<Linear> projection_;
  std::vector<Layer> layers_;  // distinct ones
  std::vector<int64_t> layer_order_;
  std::optional<Linear> head_dense_;
  Linear head_output_;
};

}  // namespace jnlp
