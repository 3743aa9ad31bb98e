#include "models/decoder_cache.h"

namespace jnlp {

void DecoderCache::reset(int64_t layers, int64_t row_size, int64_t steps, int64_t slots,
                         int64_t hypotheses) {
  row_size_ = row_size;
  max_steps_ = steps;
  slots_ = slots;
  steps_ = 0;
  // Memory that is not touched costs nothing: short targets leave most of it alone.
  memory_.reserve(layers * layer_size());
  paths_.assign(static_cast<size_t>(hypotheses), {});
}

void DecoderCache::add_rows() {
  auto row = static_cast<int32_t>(steps_ * slots_);
  for (std::vector<int32_t>& path : paths_) path.push_back(row++);
  ++steps_;
}

void DecoderCache::follow(std::span<const int64_t> parents) {
  std::vector<std::vector<int32_t>> next;
  next.reserve(parents.size());
  for (const int64_t parent : parents) next.push_back(paths_[static_cast<size_t>(parent)]);
  paths_ = std::move(next);
}

}  // namespace jnlp
