#include "models/layer_source.h"

#include <fmt/format.h>

#include "base/error.h"

namespace jnlp {

const WeightSpec* LayerSource::find(std::string_view name) const {
  for (const WeightSpec& spec : specs_) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

const WeightSpec& LayerSource::spec(std::string_view name) const {
  if (const WeightSpec* found = find(name)) return *found;
  throw Error(ErrorCode::internal, fmt::format("the weight map has no '{}'", name));
}

NormWeights LayerSource::norm(const std::string& module, float epsilon) {
  const Weight gamma = table(module + ".weight");
  NormWeights norm;
  norm.gamma.assign(gamma.values.begin(), gamma.values.end());
  if (has(module + ".bias")) {
    const Weight beta = table(module + ".bias");
    norm.beta.assign(beta.values.begin(), beta.values.end());
  }
  norm.epsilon = epsilon;
  return norm;
}

}  // namespace jnlp
