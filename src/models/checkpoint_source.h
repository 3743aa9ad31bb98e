#pragma once

#include "formats/model_dir.h"
#include "models/activation_ranges.h"
#include "models/layer_source.h"
#include "ops/exec.h"

namespace jnlp {

/// Packs layers from a checkpoint's tensors, an adapter merged. Those of INT8 are smoothed where
/// the model says how large its activations become.
class CheckpointSource : public LayerSource {
 public:
  /// `adaptable`: all tensors that an adapter may change, whether this model has them or not.
  /// What `exec` refers to must outlive the source.
  /// @throws Error as WeightStore and read_activation_ranges(), also for an adapter that fits
  /// another model.
  CheckpointSource(const ModelDir& model, std::vector<WeightSpec> specs,
                   const std::vector<WeightSpec>& adaptable, const Exec& exec);

  PackedLinear linear(const std::vector<std::string>& modules, WeightType type) override;
  EmbeddingTable embedding(const std::string& module, WeightType type) override;
  Weight table(const std::string& name) override;
  PackedLinear module_linear(const std::filesystem::path& folder, int64_t inputs,
                             bool has_bias) override;
  bool stored(std::string_view name) const override;
  void finish() override { store_.release(); }

 private:
  /// Empty where the layer has none.
  Weight load_bias(const std::string& module) const;
  /// Empty where the layer's activations are not known.
  std::vector<float> factors_of(const std::string& module, int64_t inputs,
                                std::span<const LinearPart> parts) const;

  std::filesystem::path modules_path_;
  Exec exec_;
  WeightStore store_;
  ActivationRanges ranges_;  ///< empty when the model was not calibrated
};

}  // namespace jnlp
