#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ops/buffer.h"
#include "ops/exec.h"

namespace jnlp {

/// Keys and values of some sequences, laid out for the kernels once: a decoder asks the same ones
/// at every step.
class PackedSources {
 public:
  /// Keys and values are row-major and share a stride, heads side by side in a row.
  void pack(const Exec& exec, const float* key, const float* value, int64_t stride,
            std::span<const int32_t> cu_seqlens, int64_t heads, int64_t head_size);

  int64_t heads() const { return heads_; }
  int64_t head_size() const { return head_size_; }
  int64_t length(int64_t sequence) const {
    return cu_seqlens_[static_cast<size_t>(sequence) + 1] -
           cu_seqlens_[static_cast<size_t>(sequence)];
  }
  const float* keys(int64_t sequence, int64_t head) const;
  const float* values(int64_t sequence, int64_t head) const;

 private:
  int64_t key_offset(int64_t sequence, int64_t head) const;
  int64_t value_offset(int64_t sequence, int64_t head) const;

  std::vector<int32_t> cu_seqlens_;
  std::vector<int64_t> padded_begin_;  // as cu_seqlens_, each length filled up to whole panels
  int64_t heads_ = 0;
  int64_t head_size_ = 0;
  FloatBuffer keys_;
  FloatBuffer values_;
};

/// Consecutive rows of queries that ask the same sequence.
struct QueryGroup {
  int64_t sequence;
  int64_t first;
  int64_t count;
};

/// out = softmax(scale Q K^T) V for each head of each group. `scores` is scratch memory.
/// A row has the same bits whatever stands beside it.
void cross_attention(const Exec& exec, const PackedSources& sources,
                     std::span<const QueryGroup> groups, const float* query, int64_t query_stride,
                     float scale, FloatBuffer* scores, float* out, int64_t out_stride);

}  // namespace jnlp
