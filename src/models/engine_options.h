#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ops/weight_type.h"

namespace jnlp {

/// How a model's weights are held and multiplied. Norms, encoders' heads and embeddings stay FP32,
/// but with int8 the word embeddings have 8 bits.
/// Whoever names neither gets what a prepared model was prepared for, else FP32.
struct EngineOptions {
  std::optional<WeightType> weights = std::nullopt;
  /// Layers (or embeddings.word) that stay FP32 whatever `weights` says: parts of our names for
  /// modules, for example "ffn.down" or "layers.0.".
  std::vector<std::string> keep_f32 = {};

  WeightType weight_type() const { return weights.value_or(WeightType::f32); }
  /// The type of a layer that holds these modules.
  WeightType type_of(const std::vector<std::string>& modules) const;
};

}  // namespace jnlp
