#include "ops/cached_attention.h"

#include <algorithm>

#include "ops/for_each_row.h"

namespace jnlp {
namespace {

void attend_to_path(const Kernels& kernels, const CachedAttention& in, int64_t hypothesis,
                    int64_t head, float* scores, float* out) {
  const std::vector<int32_t>& path = in.paths[static_cast<size_t>(hypothesis)];
  const auto length = static_cast<int64_t>(path.size());
  const int64_t column = head * in.head_size;
  const auto rows_of = [&](const float* matrix) {
    return PickedRows{matrix + column, in.key_stride, path.data(), length};
  };
  kernels.dot_rows(
      {in.query + hypothesis * in.query_stride + column, rows_of(in.key), in.head_size, scores});
  const float* bias =
      in.bias != nullptr ? in.bias + (head + 1) * in.bias_columns - length : nullptr;
  SoftmaxRow row{0.0F, 0.0F};
  kernels.softmax({scores, length, in.scale, bias, &row});
  kernels.sum_rows({scores, rows_of(in.value), in.head_size, out});
  kernels.scale(out, 1.0F / row.sum, in.head_size);
}

}  // namespace

void cached_attention(const Exec& exec, const CachedAttention& in, FloatBuffer* scores, float* out,
                      int64_t out_stride) {
  size_t longest = 1;
  for (const std::vector<int32_t>& path : in.paths) longest = std::max(longest, path.size());
  const auto columns = static_cast<int64_t>(longest);
  const int64_t rows = static_cast<int64_t>(in.paths.size()) * in.heads;
  scores->reserve(rows * columns);
  constexpr int64_t kValuesPerTask = 16384;
  for_each_row(exec, rows, kValuesPerTask / (columns * in.head_size), [&](int64_t row) {
    const int64_t hypothesis = row / in.heads;
    const int64_t head = row % in.heads;
    attend_to_path(exec.kernels, in, hypothesis, head, scores->data() + row * columns,
                   out + hypothesis * out_stride + head * in.head_size);
  });
}

}  // namespace jnlp
