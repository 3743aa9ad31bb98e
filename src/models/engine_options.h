#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "ops/weight_type.h"

namespace jnlp {

/// How a model's weights are held and multiplied. Norms, encoders' heads and embeddings stay FP32,
/// but with int8 the word embeddings have 8 bits.
/// Whoever names neither gets what a prepared model was prepared for, else FP32.
struct EngineOptions {
  std::optional<WeightType> weights = std::nullopt;
  /// Layers (or embeddings.word) that stay FP32 whatever `weights` says: parts of our names for
  /// modules, for example "ffn.down" or "layers.0.". Unset: with int8 those that the model's
  /// config.json recommends, else none.
  std::optional<std::vector<std::string>> keep_f32 = std::nullopt;

  WeightType weight_type() const { return weights.value_or(WeightType::f32); }
  /// The type of a layer that holds these modules.
  WeightType type_of(const std::vector<std::string>& modules) const;

  /// These options with nothing unset. `keep_f32` comes, with int8, from "int8_keep_fp32" of
  /// config.json, a list of names that whoever made the model found by measuring.
  /// @throws Error invalid_input when config.json holds anything else under that key.
  EngineOptions completed_by(const Json& config) const;
};

}  // namespace jnlp
