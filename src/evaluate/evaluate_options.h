#pragma once

#include <cstdint>

namespace jnlp {

/// How a task is evaluated.
struct EvaluateOptions {
  int64_t samples = 0;  ///< a random subset of this many; 0: all
  uint64_t seed = 0;    ///< of the subset and of the bootstrap
  int64_t batch_size = 32;
  int resamples = 1000;  ///< of the bootstrap
};

}  // namespace jnlp
