#pragma once

#include <cstdint>
#include <span>

namespace jnlp {

/// T5's scheme of relative positions (Raffel et al. 2020), which MPNet has too: a bucket for each
/// of the nearest distances, then buckets that grow logarithmically up to max_distance. Where
/// attention looks both ways, half of the buckets are for each side; else what lies ahead counts as
/// distance 0.
struct RelativeBuckets {
  int64_t count;
  int64_t max_distance = 128;
  bool bidirectional = true;

  /// The bucket of a distance key - query.
  int64_t of(int64_t distance) const;
};

/// Bias of attention by head and distance, from a checkpoint's table of a row per bucket and a
/// column per head. `out` gets a row per head, a column per distance from `first` to `last`.
void relative_bias(const RelativeBuckets& buckets, std::span<const float> table, int64_t first,
                   int64_t last, float* out);

}  // namespace jnlp
