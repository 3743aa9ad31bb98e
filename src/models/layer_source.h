#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "models/embedding_table.h"
#include "models/weight_map.h"
#include "models/weight_store.h"
#include "ops/linear.h"
#include "ops/rows.h"

namespace jnlp {

/// Where an encoder and its head get their layers from, by our names for tensors and modules: they
/// do not know whether these are packed from a checkpoint or mapped from a prepared file. What is
/// mapped lives as long as the source.
class LayerSource {
 public:
  /// `specs`: the tensors that the model has, weight_map.h.
  explicit LayerSource(std::vector<WeightSpec> specs) : specs_(std::move(specs)) {}
  virtual ~LayerSource() = default;
  LayerSource(const LayerSource&) = delete;
  LayerSource& operator=(const LayerSource&) = delete;

  /// The layers "<module>.weight" and, where the model has it, "<module>.bias", which read the same
  /// input, as one.
  /// @throws Error naming the tensor and the file at fault; so do the others.
  virtual PackedLinear linear(const std::vector<std::string>& modules,
                              WeightType type = WeightType::f32) = 0;
  /// The matrix "<module>.weight", of which single rows are read.
  virtual EmbeddingTable embedding(const std::string& module, WeightType type) = 0;
  /// A tensor that is used as it stands.
  virtual Weight table(const std::string& name) = 0;
  /// The dense layer of a folder that sentence-transformers' modules.json names (FP32).
  virtual PackedLinear module_linear(const std::filesystem::path& folder, int64_t inputs,
                                     bool has_bias) = 0;

  /// All layers were taken: gives back what memory only packing needed.
  virtual void finish() {}

  /// A layer norm, or without "<module>.bias" an RMS norm.
  NormWeights norm(const std::string& module, float epsilon);
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// True unless the tensor is one that a file may lack, and it does.
  virtual bool stored(std::string_view name) const { return has(name); }
  const std::vector<WeightSpec>& specs() const { return specs_; }

 protected:
  /// @throws Error internal for a name that the map lacks.
  const WeightSpec& spec(std::string_view name) const;

 private:
  const WeightSpec* find(std::string_view name) const;

  std::vector<WeightSpec> specs_;
};

}  // namespace jnlp
