#include "models/engine_options.h"

namespace jnlp {

WeightType EngineOptions::type_of(const std::vector<std::string>& modules) const {
  for (const std::string& module : modules) {
    for (const std::string& part : keep_f32) {
      if (module.find(part) != std::string::npos) return WeightType::f32;
    }
  }
  return weight_type();
}

}  // namespace jnlp
