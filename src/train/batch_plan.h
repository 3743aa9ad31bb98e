#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "train/example.h"

namespace jnlp {

/// Indices of examples that are computed together.
using IndexList = std::vector<int32_t>;

/// The batches of one epoch, in order; depends on `seed` and `epoch` only. Examples are shuffled,
/// then sorted by length inside groups of 32 batches, so that the sequences of a batch are of
/// nearly the same length and little is padded; then the batches are shuffled.
std::vector<IndexList> plan_epoch(std::span<const TrainExample> examples, int64_t batch_size,
                                  uint64_t seed, int64_t epoch);

/// Splits a batch into chunks of about equal cost, none over `max_tokens` with its padding unless
/// it is one sequence. Chunks, not threads, fix the order of sums: results are the same on any
/// number of threads.
std::vector<IndexList> split_batch(std::span<const TrainExample> examples, IndexList batch,
                                   int64_t max_tokens);

}  // namespace jnlp
