#include "models/engine_options.h"

#include <algorithm>

#include "base/error.h"

namespace jnlp {

WeightType EngineOptions::type_of(const std::vector<std::string>& modules) const {
  if (!keep_f32) return weight_type();
  for (const std::string& module : modules) {
    for (const std::string& part : *keep_f32) {
      if (module.find(part) != std::string::npos) return WeightType::f32;
    }
  }
  return weight_type();
}

EngineOptions EngineOptions::completed_by(const Json& config) const {
  EngineOptions complete{weight_type(), keep_f32};
  if (keep_f32) return complete;
  complete.keep_f32.emplace();
  const auto names = config.find("int8_keep_fp32");
  if (weight_type() != WeightType::int8 || names == config.end()) return complete;
  if (!names->is_array() || !std::all_of(names->begin(), names->end(),
                                         [](const Json& name) { return name.is_string(); })) {
    throw Error(ErrorCode::invalid_input, "config.json: int8_keep_fp32 is not a list of names");
  }
  complete.keep_f32 = names->get<std::vector<std::string>>();
  return complete;
}

}  // namespace jnlp
