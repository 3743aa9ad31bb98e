#include "ops/weight_type.h"

#include <array>

namespace jnlp {
namespace {

struct Named {
  WeightType type;
  std::string_view name;
};
constexpr std::array<Named, 4> kTypes = {{{WeightType::f32, "fp32"},
                                          {WeightType::bf16, "bf16"},
                                          {WeightType::f16, "fp16"},
                                          {WeightType::int8, "int8"}}};

}  // namespace

std::string_view to_string(WeightType type) {
  for (const Named& known : kTypes) {
    if (known.type == type) return known.name;
  }
  return "";
}

std::optional<WeightType> weight_type_named(std::string_view name) {
  for (const Named& known : kTypes) {
    if (known.name == name) return known.type;
  }
  return std::nullopt;
}

std::vector<std::string> weight_type_names() {
  std::vector<std::string> names;
  names.reserve(kTypes.size());
  for (const Named& known : kTypes) names.emplace_back(known.name);
  return names;
}

}  // namespace jnlp
