#include "ops/cross_attention.h"

#include <algorithm>

#include "ops/round_up.h"

namespace jnlp {
namespace {

int64_t whole_panels(int64_t columns) {
  return round_up(columns, kPanelColumns);
}

void attend_to_source(const Kernels& kernels, const PackedSources& sources, const QueryGroup& group,
                      int64_t head, const float* query, int64_t query_stride, float scale,
                      float* scores, float* out, int64_t out_stride) {
  const int64_t length = sources.length(group.sequence);
  const int64_t size = sources.head_size();
  const int64_t stride = whole_panels(length);
  kernels.gemm({group.count, length, size, query, query_stride, sources.keys(group.sequence, head),
                nullptr, scores, stride});
  std::vector<float> factors(static_cast<size_t>(group.count));
  for (int64_t i = 0; i < group.count; ++i) {
    SoftmaxRow row{0.0F, 0.0F};
    kernels.softmax({scores + i * stride, length, scale, nullptr, &row});
    factors[static_cast<size_t>(i)] = 1.0F / row.sum;
  }
  kernels.gemm({group.count, size, length, scores, stride, sources.values(group.sequence, head),
                nullptr, out, out_stride});
  for (int64_t i = 0; i < group.count; ++i) {
    kernels.scale(out + i * out_stride, factors[static_cast<size_t>(i)], size);
  }
}

}  // namespace

int64_t PackedSources::key_offset(int64_t sequence, int64_t head) const {
  const auto s = static_cast<size_t>(sequence);
  const int64_t padded = padded_begin_[s + 1] - padded_begin_[s];
  return (padded_begin_[s] * heads_ + head * padded) * head_size_;
}

int64_t PackedSources::value_offset(int64_t sequence, int64_t head) const {
  const int64_t begin = cu_seqlens_[static_cast<size_t>(sequence)];
  return (begin * heads_ + head * length(sequence)) * whole_panels(head_size_);
}

const float* PackedSources::keys(int64_t sequence, int64_t head) const {
  return keys_.data() + key_offset(sequence, head);
}

const float* PackedSources::values(int64_t sequence, int64_t head) const {
  return values_.data() + value_offset(sequence, head);
}

void PackedSources::pack(const Exec& exec, const float* key, const float* value, int64_t stride,
                         std::span<const int32_t> cu_seqlens, int64_t heads, int64_t head_size) {
  cu_seqlens_.assign(cu_seqlens.begin(), cu_seqlens.end());
  heads_ = heads;
  head_size_ = head_size;
  padded_begin_.assign(1, 0);
  const auto sequences = static_cast<int64_t>(cu_seqlens.size()) - 1;
  for (int64_t s = 0; s < sequences; ++s) {
    padded_begin_.push_back(padded_begin_.back() + whole_panels(length(s)));
  }
  keys_.reserve(padded_begin_.back() * heads * head_size);
  values_.reserve(cu_seqlens.back() * heads * whole_panels(head_size));
  exec.pool.parallel_for(sequences * heads, [&](int64_t task, int) {
    const int64_t s = task / heads;
    const int64_t head = task % heads;
    const int64_t at = cu_seqlens_[static_cast<size_t>(s)] * stride + head * head_size;
    exec.kernels.pack_transposed(key + at, head_size, length(s), stride,
                                 keys_.data() + key_offset(s, head));
    exec.kernels.pack(value + at, length(s), head_size, stride,
                      values_.data() + value_offset(s, head));
  });
}

void cross_attention(const Exec& exec, const PackedSources& sources,
                     std::span<const QueryGroup> groups, const float* query, int64_t query_stride,
                     float scale, FloatBuffer* scores, float* out, int64_t out_stride) {
  const int64_t heads = sources.heads();
  int64_t room = 0;
  for (const QueryGroup& group : groups) {
    room = std::max(room, group.count * whole_panels(sources.length(group.sequence)));
  }
  scores->reserve(room * exec.pool.size());
  exec.pool.parallel_for(static_cast<int64_t>(groups.size()) * heads,
                         [&](int64_t task, int worker) {
                           const QueryGroup& group = groups[static_cast<size_t>(task / heads)];
                           const int64_t head = task % heads;
                           const int64_t column = head * sources.head_size();
                           attend_to_source(exec.kernels, sources, group, head,
                                            query + group.first * query_stride + column,
                                            query_stride, scale, scores->data() + worker * room,
                                            out + group.first * out_stride + column, out_stride);
                         });
}

}  // namespace jnlp
