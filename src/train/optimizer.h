#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <span>
#include <vector>

#include "train/network.h"

namespace torch::optim {
class AdamW;
}

namespace jnlp {

/// AdamW with decoupled weight decay, none for biases and norms, and a gradient norm limit.
class Optimizer {
 public:
  /// Keeps references to the tensors of `parameters`.
  Optimizer(const std::vector<Parameter>& parameters, double weight_decay, double max_grad_norm);
  ~Optimizer();

  /// One step with these gradients, in the order of the parameters (they may be changed).
  /// Returns the norm of all gradients before clipping.
  double step(std::vector<at::Tensor>& gradients, double learning_rate);

  /// Running means of gradients and of their squares: two tensors per parameter, in order.
  std::vector<at::Tensor> moments() const;
  void restore(const std::vector<at::Tensor>& moments, int64_t steps);

 private:
  std::vector<at::Tensor> values_;
  double max_grad_norm_;
  std::unique_ptr<torch::optim::AdamW> adamw_;
};

}  // namespace jnlp
