#include "ops/rows.h"

#include "ops/for_each_row.h"

namespace jnlp {

void layer_norm(const Exec& exec, const NormWeights& norm, const float* x, const float* residual,
                int64_t rows, float* out) {
  const auto columns = static_cast<int64_t>(norm.gamma.size());
  for_each_row(exec, rows, 8192 / columns, [&](int64_t row) {
    const int64_t at = row * columns;
    exec.kernels.layer_norm({x + at, residual != nullptr ? residual + at : nullptr,
                             norm.gamma.data(), norm.beta.data(), norm.epsilon, columns, out + at});
  });
}

}  // namespace jnlp
