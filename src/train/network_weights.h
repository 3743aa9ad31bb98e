#pragma once

#include <ATen/ATen.h>

#include <map>
#include <string>
#include <vector>

#include "formats/model_dir.h"
#include "models/encoder_config.h"
#include "models/weight_map.h"
#include "train/options.h"

namespace jnlp {

/// A tensor that is trained, under its name in transformers' (or, for LoRA, PEFT's inner) layout.
struct Parameter {
  std::string name;
  at::Tensor value;
  bool decay = true;  ///< weight decay applies: not for biases and norms
};

/// Low-rank addition to a matrix: lora_b * lora_a, scaled.
struct LoraPair {
  at::Tensor a;  ///< [rank, inputs]
  at::Tensor b;  ///< [outputs, rank]
};

/// The tensors of an encoder with a head, on a device, under our names (models/weight_map.h), and
/// which of them are trained.
class NetworkWeights {
 public:
  /// Reads the encoder from `base` (an adapter is merged). The output layer is always new, the
  /// layer before it only when the base has none: both are drawn from options.seed.
  /// @throws Error invalid_input for a missing tensor or a wrong shape, unsupported.
  NetworkWeights(const ModelDir& base, const EncoderConfig& config, const TrainOptions& options,
                 int64_t labels, at::Device device);

  /// @throws Error internal for an unknown name.
  const at::Tensor& at(const std::string& name) const;
  bool contains(const std::string& name) const { return tensors_.count(name) != 0; }
  /// The module's LoRA matrices, or undefined tensors.
  LoraPair lora(const std::string& module) const;

  const std::vector<Parameter>& parameters() const { return parameters_; }
  /// All tensors by their names in transformers' layout, LoRA left out.
  std::map<std::string, at::Tensor> by_checkpoint_name() const;
  /// Modules that LoRA changes, by transformers' names.
  const std::vector<std::string>& lora_modules() const { return lora_modules_; }
  /// Modules that an adapter stores whole: the head's, in PEFT's words.
  const std::vector<std::string>& head_modules() const { return head_modules_; }

 private:
  void add_head(const std::vector<WeightSpec>& head, double deviation, int64_t labels);
  void add_lora(const std::vector<WeightSpec>& encoder, const LoraOptions& options);
  void select_parameters(TrainMethod method, const std::vector<WeightSpec>& encoder,
                         const std::vector<WeightSpec>& head);

  std::map<std::string, at::Tensor> tensors_;            // by our names
  std::map<std::string, std::string> checkpoint_names_;  // ours to transformers'
  std::map<std::string, LoraPair> lora_;                 // by our module names
  std::vector<std::string> lora_modules_;
  std::vector<std::string> head_modules_;
  std::vector<Parameter> parameters_;
  at::Generator generator_;
};

}  // namespace jnlp
