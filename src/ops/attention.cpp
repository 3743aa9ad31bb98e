#include "ops/attention.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace jnlp {
namespace {

// Longest first, so that no thread is left alone with a long one at the end.
std::vector<int32_t> by_length(std::span<const int32_t> cu_seqlens) {
  std::vector<int32_t> order(cu_seqlens.size() - 1);
  std::iota(order.begin(), order.end(), 0);
  const auto length = [&](int32_t s) {
    const auto i = static_cast<size_t>(s);
    return cu_seqlens[i + 1] - cu_seqlens[i];
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](int32_t a, int32_t b) { return length(a) > length(b); });
  return order;
}

}  // namespace

void attention(const Exec& exec, const AttentionInput& in, AttentionScratch* scratch, float* out,
               int64_t out_stride) {
  const std::vector<int32_t> order = by_length(in.cu_seqlens);
  if (order.empty()) return;
  const auto begin_of = [&](int32_t s) -> int64_t { return in.cu_seqlens[static_cast<size_t>(s)]; };
  scratch->per_worker.resize(static_cast<size_t>(exec.pool.size()));
  const bool bf16 = in.bf16 && exec.kernels.bf16_attention != nullptr;
  const auto tasks = static_cast<int64_t>(order.size()) * in.heads;
  exec.pool.parallel_for(tasks, [&](int64_t task, int worker) {
    const int32_t sequence = order[static_cast<size_t>(task / in.heads)];
    const int64_t head = task % in.heads;
    const int64_t begin = begin_of(sequence);
    const int64_t length = begin_of(sequence + 1) - begin;
    const int64_t query_row = in.first_token_only ? sequence : begin;
    const int64_t column = head * in.head_size;
    AttentionHead one;
    one.query = in.query + query_row * in.query_stride + column;
    one.query_stride = in.query_stride;
    one.queries = in.first_token_only ? 1 : length;
    one.key = in.key + begin * in.key_stride + column;
    one.value = in.value + begin * in.key_stride + column;
    one.key_stride = in.key_stride;
    one.length = length;
    one.head_size = in.head_size;
    one.scale = in.scaled ? 1.0F / std::sqrt(static_cast<float>(in.head_size)) : 1.0F;
    one.bias =
        in.bias != nullptr ? in.bias + head * (2 * in.bias_reach + 1) + in.bias_reach : nullptr;
    one.out = out + query_row * out_stride + column;
    one.out_stride = out_stride;
    attend(exec.kernels, one, bf16, &scratch->per_worker[static_cast<size_t>(worker)]);
  });
}

}  // namespace jnlp
