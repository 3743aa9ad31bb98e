#include "ops/rows.h"

#include <algorithm>

namespace jnlp {

void layer_norm(const Exec& exec, const NormWeights& norm, const float* x, const float* residual,
                int64_t rows, float* out) {
  const auto columns = static_cast<int64_t>(norm.gamma.size());
  // A task should be worth the few microseconds that handing it over can take.
  const int64_t rows_per_task = std::max<int64_t>(1, 8192 / columns);
  const int64_t tasks = (rows + rows_per_task - 1) / rows_per_task;
  exec.pool.parallel_for(tasks, [&](int64_t task, int) {
    const int64_t end = std::min(rows, (task + 1) * rows_per_task);
    for (int64_t row = task * rows_per_task; row < end; ++row) {
      const int64_t at = row * columns;
      exec.kernels.layer_norm({x + at, residual != nullptr ? residual + at : nullptr,
                               norm.gamma.data(), norm.beta.data(), norm.epsilon, columns,
                               out + at});
    }
  });
}

}  // namespace jnlp
