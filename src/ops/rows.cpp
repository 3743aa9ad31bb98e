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

void normalize(const Exec& exec, const NormWeights& norm, const float* x, int64_t rows,
               float* out) {
  if (!norm.beta.empty()) return layer_norm(exec, norm, x, nullptr, rows, out);
  const auto columns = static_cast<int64_t>(norm.gamma.size());
  for_each_row(exec, rows, 8192 / columns, [&](int64_t row) {
    exec.kernels.rms_norm(
        {x + row * columns, norm.gamma.data(), norm.epsilon, columns, out + row * columns});
  });
}

void add_rows(const Exec& exec, float* x, const float* y, int64_t rows, int64_t columns) {
  for_each_row(exec, rows, 16384 / columns, [&](int64_t row) {
    exec.kernels.add(x + row * columns, y + row * columns, columns);
  });
}

void gate_rows(const Exec& exec, Activation activation, float* x, int64_t rows, int64_t columns) {
  for_each_row(exec, rows, 4096 / columns, [&](int64_t row) {
    float* gate = x + row * 2 * columns;
    const float* value = gate + columns;
    exec.kernels.activate(activation, gate, columns);
    for (int64_t i = 0; i < columns; ++i) gate[i] *= value[i];
  });
}

}  // namespace jnlp
