#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/model_dir.h"
#include "formats/safetensors.h"
#include "models/weight_map.h"

namespace jnlp {

/// A tensor ready for use: mapped from the file where it can be, else a copy.
struct Weight {
  std::vector<int64_t> shape;
  std::span<const float> values;
  std::vector<float> copy;  ///< what `values` refers to when it is not mapped
};

/// The tensors of a model directory. F16, BF16 and F64 are converted; a LoRA adapter is merged into
/// a copy: W + (alpha / r) B A, or alpha / sqrt(r) with use_rslora (Hu et al. 2021, Kalajdzievski
/// 2023; the layout is PEFT's); modules_to_save replace the base's. What an adapter does not touch
/// stays mapped from the base's file, so mapped weights live as long as the store.
class WeightStore {
 public:
  /// @throws Error for damaged files, or an adapter of a kind that we do not merge.
  explicit WeightStore(const ModelDir& model);

  /// @throws Error not_found naming the tensor, invalid_input for a wrong shape or dtype.
  Weight load(const WeightSpec& spec) const;
  bool contains(const WeightSpec& spec) const;

  /// Gives back the memory of a tensor that was loaded and is not read any more: mapped pages of
  /// weights that were packed count as memory of the process otherwise. Those that are read all the
  /// same (two layers may share a tensor) come back.
  void release(const WeightSpec& spec) const;
  /// The same for all tensors.
  void release() const;

  /// Fails when the adapter has a tensor that fits none of `known`: it would be ignored silently.
  /// @throws Error invalid_input naming it.
  void check_adapter(const std::vector<WeightSpec>& known) const;

 private:
  struct Found {
    const TensorView* tensor;
    std::string name;
  };
  std::optional<Found> find(const WeightSpec& spec) const;
  void merge_adapter(const WeightSpec& spec, Weight* weight) const;
  const TensorView* adapter_tensor(const std::string& name) const;

  std::string where_;
  Safetensors base_;
  std::optional<Safetensors> adapter_;
  double lora_alpha_ = 0;
  bool rank_stabilized_ = false;
};

}  // namespace jnlp
