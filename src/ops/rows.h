#pragma once

#include <span>
#include <vector>

#include "ops/exec.h"

namespace jnlp {

/// Scale and shift of a layer norm, and the number added to the variance.
struct NormWeights {
  std::vector<float> gamma;
  std::vector<float> beta;
  float epsilon = 0;
};

/// out = layer_norm(x + residual) for each row (residual null: none); out may be x or residual.
/// Rows lie one behind the other, gamma.size() floats each.
void layer_norm(const Exec& exec, const NormWeights& norm, const float* x, const float* residual,
                int64_t rows, float* out);

}  // namespace jnlp
