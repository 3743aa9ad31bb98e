#include "train/batch_plan.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace jnlp {
namespace {

constexpr size_t kBatchesPerGroup = 32;

// std::shuffle's use of the generator is not fixed by the standard; a resumed run must agree with
// the first one even after a rebuild with another library.
template <class T>
void shuffle(std::vector<T>* items, std::mt19937_64* random) {
  for (size_t i = items->size(); i > 1; --i) {
    std::swap((*items)[i - 1], (*items)[(*random)() % i]);
  }
}

void sort_by_length(std::span<const TrainExample> examples, std::span<int32_t> indices) {
  std::stable_sort(indices.begin(), indices.end(),
                   [&](int32_t a, int32_t b) { return examples[a].size() > examples[b].size(); });
}

}  // namespace

std::vector<IndexList> plan_epoch(std::span<const TrainExample> examples, int64_t batch_size,
                                  uint64_t seed, int64_t epoch) {
  std::mt19937_64 random(seed * 0x9E3779B97F4A7C15ull + static_cast<uint64_t>(epoch) + 1);
  IndexList order(examples.size());
  std::iota(order.begin(), order.end(), 0);
  shuffle(&order, &random);
  const size_t step = static_cast<size_t>(batch_size);
  for (size_t begin = 0; begin < order.size(); begin += step * kBatchesPerGroup) {
    const size_t count = std::min(order.size() - begin, step * kBatchesPerGroup);
    sort_by_length(examples, std::span(order).subspan(begin, count));
  }
  std::vector<IndexList> batches;
  for (size_t begin = 0; begin < order.size(); begin += step) {
    const auto first = order.begin() + static_cast<std::ptrdiff_t>(begin);
    const size_t count = std::min(order.size() - begin, step);
    batches.emplace_back(first, first + static_cast<std::ptrdiff_t>(count));
  }
  shuffle(&batches, &random);
  return batches;
}

std::vector<IndexList> split_batch(std::span<const TrainExample> examples, IndexList batch,
                                   int64_t max_tokens) {
  sort_by_length(examples, batch);
  const int64_t longest = batch.empty() ? 0 : examples[batch.front()].size();
  const int64_t tokens = longest * static_cast<int64_t>(batch.size());
  const int64_t wanted = std::max<int64_t>(1, (tokens + max_tokens - 1) / max_tokens);
  const int64_t target = (tokens + wanted - 1) / wanted;
  std::vector<IndexList> chunks;
  int64_t width = 0;
  for (const int32_t index : batch) {
    if (chunks.empty() || static_cast<int64_t>(chunks.back().size() + 1) * width > target) {
      chunks.emplace_back();
      width = examples[index].size();
    }
    chunks.back().push_back(index);
  }
  return chunks;
}

}  // namespace jnlp
