#pragma once

#include "backends/backend.h"
#include "train/gradients.h"

namespace jnlp {

/// The network in training as a Backend, so that development data goes through the same tasks and
/// metrics as a finished model.
class NetworkBackend : public Backend {
 public:
  NetworkBackend(const Network& network, GradientWorkers* workers, TrainTask task,
                 int64_t output_size)
      : network_(network), workers_(*workers), task_(task), output_size_(output_size) {}

  Head head() const override;
  int64_t output_size() const override { return output_size_; }
  int64_t max_sequence_length() const override { return network_.config().max_sequence_length(); }
  std::string description() const override { return "libtorch, in training"; }
  Output run(const Batch& batch) override;

 private:
  const Network& network_;
  GradientWorkers& workers_;
  TrainTask task_;
  int64_t output_size_;
};

}  // namespace jnlp
