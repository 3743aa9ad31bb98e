#pragma once

#include <optional>
#include <string_view>

namespace jnlp {

/// How the weights of a linear layer are stored and multiplied.
enum class WeightType {
  f32,
  int8,  ///< per output channel, with activations quantized row by row at run time
};

/// "fp32", "int8".
std::string_view to_string(WeightType type);
/// Nothing for a name that is not known.
std::optional<WeightType> weight_type_named(std::string_view name);

}  // namespace jnlp
