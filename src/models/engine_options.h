#pragma once

#include <string>
#include <vector>

#include "ops/weight_type.h"

namespace jnlp {

/// How an encoder's weights are held and multiplied. Embeddings, norms and heads stay FP32.
struct EngineOptions {
  WeightType weights = WeightType::f32;
  /// Layers that stay FP32 whatever `weights` says: parts of our names for modules, for example
  /// "ffn.down" or "layers.0.".
  std::vector<std::string> keep_f32 = {};

  /// The type of a layer that holds these modules.
  WeightType type_of(const std::vector<std::string>& modules) const;
};

}  // namespace jnlp
