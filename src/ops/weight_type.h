#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jnlp {

/// How the weights of a linear layer are stored and multiplied.
enum class WeightType {
  f32,
  bf16,  ///< with activations rounded to BF16 at run time; sums in FP32
  f16,   ///< widened to FP32 as they are read, with activations in FP32; or all in FP16 arithmetic
  int8,  ///< per output channel, with activations quantized row by row at run time
};

/// Whether products with such weights round what they multiply: what is computed next to them needs
/// no FP32 then.
constexpr bool rounds_activations(WeightType type) {
  return type == WeightType::bf16 || type == WeightType::int8;
}

/// "fp32", "bf16", "fp16", "int8".
std::string_view to_string(WeightType type);
/// Nothing for a name that is not known.
std::optional<WeightType> weight_type_named(std::string_view name);
/// All of them, for options.
std::vector<std::string> weight_type_names();

}  // namespace jnlp
