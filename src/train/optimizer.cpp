#include "train/optimizer.h"

#include <torch/optim/adamw.h>

#include <cmath>

namespace jnlp {
namespace {

std::string key_of(const at::Tensor& tensor) {
  return c10::guts::to_string(tensor.unsafeGetTensorImpl());
}

std::vector<torch::optim::OptimizerParamGroup> groups(const std::vector<Parameter>& parameters,
                                                      double weight_decay) {
  std::vector<at::Tensor> decayed, plain;
  for (const Parameter& parameter : parameters) {
    (parameter.decay ? decayed : plain).push_back(parameter.value);
  }
  const auto options = [](double decay) {
    return std::make_unique<torch::optim::AdamWOptions>(
        torch::optim::AdamWOptions(0).weight_decay(decay));
  };
  std::vector<torch::optim::OptimizerParamGroup> groups;
  if (!decayed.empty()) groups.emplace_back(decayed, options(weight_decay));
  if (!plain.empty()) groups.emplace_back(plain, options(0));
  return groups;
}

}  // namespace

Optimizer::Optimizer(const std::vector<Parameter>& parameters, double weight_decay,
                     double max_grad_norm)
    : max_grad_norm_(max_grad_norm),
      adamw_(std::make_unique<torch::optim::AdamW>(groups(parameters, weight_decay))) {
  for (const Parameter& parameter : parameters) values_.push_back(parameter.value);
}

Optimizer::~Optimizer() = default;

double Optimizer::step(std::vector<at::Tensor>& gradients, double learning_rate) {
  double squares = 0;
  for (const at::Tensor& gradient : gradients) {
    const double norm = gradient.norm().item<double>();
    squares += norm * norm;
  }
  const double norm = std::sqrt(squares);
  const bool clip = max_grad_norm_ > 0 && norm > max_grad_norm_;
  for (size_t i = 0; i < values_.size(); ++i) {
    if (clip) gradients[i].mul_(max_grad_norm_ / norm);
    values_[i].mutable_grad() = gradients[i];
  }
  for (auto& group : adamw_->param_groups()) {
    static_cast<torch::optim::AdamWOptions&>(group.options()).lr(learning_rate);
  }
  adamw_->step();
  for (at::Tensor& value : values_) value.mutable_grad() = at::Tensor();
  return norm;
}

std::vector<at::Tensor> Optimizer::moments() const {
  std::vector<at::Tensor> moments;
  for (const at::Tensor& value : values_) {
    const auto found = adamw_->state().find(key_of(value));
    if (found == adamw_->state().end()) {
      moments.push_back(at::zeros_like(value).detach());
      moments.push_back(at::zeros_like(value).detach());
      continue;
    }
    const auto& state = static_cast<const torch::optim::AdamWParamState&>(*found->second);
    moments.push_back(state.exp_avg());
    moments.push_back(state.exp_avg_sq());
  }
  return moments;
}

void Optimizer::restore(const std::vector<at::Tensor>& moments, int64_t steps) {
  for (size_t i = 0; i < values_.size(); ++i) {
    auto state = std::make_unique<torch::optim::AdamWParamState>();
    state->step(steps);
    state->exp_avg(moments[2 * i].to(values_[i].device()).clone());
    state->exp_avg_sq(moments[2 * i + 1].to(values_[i].device()).clone());
    adamw_->state()[key_of(values_[i])] = std::move(state);
  }
}

}  // namespace jnlp
