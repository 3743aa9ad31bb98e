#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ops/buffer.h"
#include "ops/exec.h"

namespace jnlp {

/// Attention of a decoder to what it wrote before: one query per hypothesis, over the rows of the
/// cache that are its own. Hypotheses that part from a common one share its rows, so that nothing
/// in the cache is ever moved or copied.
struct CachedAttention {
  const float* query;  ///< a row per hypothesis; heads side by side, as in keys and values
  int64_t query_stride;
  const float* key;  ///< of row 0 of the cache
  const float* value;
  int64_t key_stride;
  /// Per hypothesis the rows of the cache that it sees, oldest first.
  std::span<const std::vector<int32_t>> paths;
  int64_t heads;
  int64_t head_size;
  float scale;  ///< of the scores
  /// Added to the scores by distance key - query <= 0: for head h the last float of row h of a
  /// matrix with `bias_columns` columns stands for distance 0, the one before for -1. Null for
  /// none.
  const float* bias = nullptr;
  int64_t bias_columns = 0;
};

/// out = softmax(scale q K^T + bias) V for each head of each hypothesis. `scores` is scratch
/// memory. A hypothesis has the same bits whatever stands beside it.
void cached_attention(const Exec& exec, const CachedAttention& in, FloatBuffer* scores, float* out,
                      int64_t out_stride);

}  // namespace jnlp
