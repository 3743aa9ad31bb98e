#include "ops/log_softmax.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace jnlp {

LogSumExp log_sum_exp(const Kernels& kernels, const float* x, int64_t n) {
  // The kernel writes over what it reads, so it gets copies, block by block.
  constexpr int64_t kBlock = 1024;
  std::array<float, kBlock> block;
  SoftmaxRow row{0.0F, 0.0F};
  for (int64_t first = 0; first < n; first += kBlock) {
    const int64_t count = std::min(kBlock, n - first);
    // A block of nothing but minus infinity would give NaN.
    for (int64_t i = 0; i < count; ++i) {
      block[static_cast<size_t>(i)] = std::max(x[first + i], std::numeric_limits<float>::lowest());
    }
    kernels.softmax({block.data(), count, 1.0F, nullptr, &row});
  }
  return {row.maximum, std::log(row.sum)};
}

void log_softmax(const Kernels& kernels, float* x, int64_t n) {
  const LogSumExp all = log_sum_exp(kernels, x, n);
  for (int64_t i = 0; i < n; ++i) x[i] = (x[i] - all.maximum) - all.log_sum;
}

}  // namespace jnlp
