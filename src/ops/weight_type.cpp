#include "ops/weight_type.h"

namespace jnlp {

std::string_view to_string(WeightType type) {
  return type == WeightType::int8 ? "int8" : "fp32";
}

std::optional<WeightType> weight_type_named(std::string_view name) {
  for (const WeightType type : {WeightType::f32, WeightType::int8}) {
    if (to_string(type) == name) return type;
  }
  return std::nullopt;
}

}  // namespace jnlp
