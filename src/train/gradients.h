#pragma once

#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "train/network.h"

namespace jnlp {

/// Loss and gradients of one batch.
struct BatchGradients {
  double loss = 0;                    ///< mean over the batch's labels
  std::vector<at::Tensor> gradients;  ///< in the order of Network::parameters()
};

/// Computes gradients of batches, chunk by chunk over the threads of a pool. A chunk is computed by
/// one thread and sums are made in the order of chunks: the result depends neither on the number of
/// threads nor on their timing.
class GradientWorkers {
 public:
  GradientWorkers(const Network& network, const TrainOptions& options, ThreadPool* pool)
      : network_(network), options_(options), pool_(*pool) {}

  /// `step` picks the dropout masks, together with the seed.
  BatchGradients run(std::span<const TrainExample> examples, const IndexList& batch, int64_t step);

  /// Logits of all examples, without dropout.
  std::vector<Logits> predict(std::span<const TrainExample> examples);

 private:
  int64_t chunk_tokens() const;

  const Network& network_;
  const TrainOptions& options_;
  ThreadPool& pool_;
};

}  // namespace jnlp
