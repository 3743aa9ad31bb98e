#pragma once

#include "formats/model_dir.h"
#include "models/layer_source.h"
#include "ops/exec.h"

namespace jnlp {

/// Packs layers from a checkpoint's tensors, an adapter merged.
class CheckpointSource : public LayerSource {
 public:
  /// `adaptable`: all tensors that an adapter may change, whether this model has them or not.
  /// What `exec` refers to must outlive the source.
  /// @throws Error as WeightStore, also for an adapter that fits another model.
  CheckpointSource(const ModelDir& model, std::vector<WeightSpec> specs,
                   const std::vector<WeightSpec>& adaptable, const Exec& exec);

  PackedLinear linear(const std::vector<std::string>& modules, WeightType type) override;
  EmbeddingTable embedding(const std::string& module, WeightType type) override;
  Weight table(const std::string& name) override;
  PackedLinear module_linear(const std::filesystem::path& folder, int64_t inputs,
                             bool has_bias) override;
  bool stored(std::string_view name) const override;

 private:
  /// Empty where the layer has none.
  Weight load_bias(const std::string& module) const;

  std::filesystem::path modules_path_;
  Exec exec_;
  WeightStore store_;
};

}  // namespace jnlp
