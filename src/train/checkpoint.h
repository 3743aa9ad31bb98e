#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "train/network.h"
#include "train/optimizer.h"

namespace jnlp {

/// Where a run stands. Batches and dropout masks follow from the seed and the step, so no state of
/// a random generator is part of it.
struct TrainState {
  int64_t step = 0;
  double seconds = 0;        ///< time spent in training and evaluation
  double smoothed_loss = 0;  ///< for display
  double best_score = -1;    ///< on development data; -1 before the first evaluation
  int64_t best_step = 0;
  int64_t since_best = 0;  ///< evaluations since the best one
  OrderedJson evaluations = OrderedJson::array();
  std::vector<at::Tensor> best;  ///< copies of the parameters; empty before the first evaluation
};

/// Writes the parameters, the optimizer's state and `state` into one file, atomically. `settings`
/// are the options that a resumed run must share. @throws Error io.
void save_checkpoint(const std::filesystem::path& file, const Network& network,
                     const Optimizer& optimizer, const TrainState& state, const Json& settings);

/// Reads it back into the network's and the optimizer's tensors. @throws Error invalid_input when
/// it belongs to a run with other settings, naming the first that differs.
TrainState load_checkpoint(const std::filesystem::path& file, const Network& network,
                           Optimizer* optimizer, const Json& settings);

}  // namespace jnlp
