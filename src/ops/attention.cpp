#include "ops/attention.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace jnlp {
namespace {

// Query rows done at a time: a multiple of the kernel's tile that keeps the scores of 512 tokens
// within 100 KB.
constexpr int64_t kQueryRows = 48;

int64_t round_to_panels(int64_t n) {
  return (n + kPanelColumns - 1) / kPanelColumns * kPanelColumns;
}

// One head of one sequence.
struct HeadTask {
  const float* query;
  const float* key;
  const float* value;
  int64_t queries;
  int64_t length;
  const float* bias;  // of distance 0, null for none
  float* out;
};

struct HeadScratch {
  float* keys;
  float* values;
  float* scores;
};

int64_t scratch_size(int64_t length, int64_t head_size) {
  const int64_t padded = round_to_panels(length);
  return padded * head_size + length * round_to_panels(head_size) + kQueryRows * padded;
}

HeadScratch divide_scratch(float* memory, int64_t length, int64_t head_size) {
  float* values = memory + round_to_panels(length) * head_size;
  return {memory, values, values + length * round_to_panels(head_size)};
}

void attend(const Kernels& kernels, const AttentionInput& in, const HeadTask& task,
            const HeadScratch& scratch, int64_t out_stride) {
  const int64_t d = in.head_size;
  const int64_t length = task.length;
  const int64_t score_stride = round_to_panels(length);
  const float scale = 1.0F / std::sqrt(static_cast<float>(d));
  kernels.pack_transposed(task.key, d, length, in.key_stride, scratch.keys);
  kernels.pack(task.value, length, d, in.key_stride, scratch.values);
  for (int64_t first = 0; first < task.queries; first += kQueryRows) {
    const int64_t rows = std::min(kQueryRows, task.queries - first);
    float* out = task.out + first * out_stride;
    kernels.gemm({rows, length, d, task.query + first * in.query_stride, in.query_stride,
                  scratch.keys, nullptr, scratch.scores, score_stride});
    float sums[kQueryRows];
    for (int64_t i = 0; i < rows; ++i) {
      const float* bias = task.bias != nullptr ? task.bias - (first + i) : nullptr;
      sums[i] = kernels.softmax(scratch.scores + i * score_stride, length, scale, bias);
    }
    kernels.gemm(
        {rows, d, length, scratch.scores, score_stride, scratch.values, nullptr, out, out_stride});
    for (int64_t i = 0; i < rows; ++i) kernels.scale(out + i * out_stride, 1.0F / sums[i], d);
  }
}

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
  const int64_t longest = begin_of(order[0] + 1) - begin_of(order[0]);
  scratch->per_worker.resize(static_cast<size_t>(exec.pool.size()));
  for (FloatBuffer& buffer : scratch->per_worker) {
    buffer.reserve(scratch_size(longest, in.head_size));
  }
  const auto tasks = static_cast<int64_t>(order.size()) * in.heads;
  exec.pool.parallel_for(tasks, [&](int64_t task, int worker) {
    const int32_t sequence = order[static_cast<size_t>(task / in.heads)];
    const int64_t head = task % in.heads;
    const int64_t begin = begin_of(sequence);
    const int64_t length = begin_of(sequence + 1) - begin;
    const int64_t query_row = in.first_token_only ? sequence : begin;
    const int64_t column = head * in.head_size;
    const float* bias =
        in.bias != nullptr ? in.bias + head * (2 * in.bias_reach + 1) + in.bias_reach : nullptr;
    float* memory = scratch->per_worker[static_cast<size_t>(worker)].data();
    attend(exec.kernels, in,
           {in.query + query_row * in.query_stride + column,
            in.key + begin * in.key_stride + column, in.value + begin * in.key_stride + column,
            in.first_token_only ? 1 : length, length, bias, out + query_row * out_stride + column},
           divide_scratch(memory, length, in.head_size), out_stride);
  });
}

}  // namespace jnlp
