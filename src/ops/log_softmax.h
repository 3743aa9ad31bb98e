#pragma once

#include <cstdint>

#include "kernels/kernels.h"

namespace jnlp {

/// log(sum of exp(x[i])), in two parts that keep their digits apart.
struct LogSumExp {
  float maximum;
  float log_sum;  ///< log(sum of exp(x[i] - maximum))
};

/// x is not changed; n is at least 1. Minus infinity stands for what cannot happen.
LogSumExp log_sum_exp(const Kernels& kernels, const float* x, int64_t n);

/// x[i] -= log(sum of exp(x)).
void log_softmax(const Kernels& kernels, float* x, int64_t n);

}  // namespace jnlp
