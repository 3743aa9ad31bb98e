#pragma once

#include <span>
#include <vector>

#include "ops/exec.h"

namespace jnlp {

/// Scale and shift of a layer norm, and the number added to the variance. Without a shift it is an
/// RMS norm, which does not subtract the mean either.
struct NormWeights {
  std::vector<float> gamma;
  std::vector<float> beta;  ///< empty for an RMS norm
  float epsilon = 0;
};

/// out = layer_norm(x + residual) for each row (residual null: none); out may be x or residual.
/// Rows lie one behind the other, gamma.size() floats each.
void layer_norm(const Exec& exec, const NormWeights& norm, const float* x, const float* residual,
                int64_t rows, float* out);

/// out = layer or RMS norm of each row of x; out may be x.
void normalize(const Exec& exec, const NormWeights& norm, const float* x, int64_t rows, float* out);

/// x += y, elementwise.
void add_rows(const Exec& exec, float* x, const float* y, int64_t rows, int64_t columns);

/// Of each row of 2 * columns floats the first half becomes activation(first half) * second half
/// (Shazeer 2020: gated feed-forward nets).
void gate_rows(const Exec& exec, Activation activation, float* x, int64_t rows, int64_t columns);

}  // namespace jnlp
