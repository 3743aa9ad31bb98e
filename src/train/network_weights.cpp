#include "train/network_weights.h"

#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "models/weight_store.h"
#include "train/task_names.h"

namespace jnlp {
namespace {

constexpr std::string_view kMatrixEnd = ".weight";

at::Tensor to_tensor(const Weight& weight) {
  at::Tensor tensor = at::empty(weight.shape, at::kFloat);
  std::memcpy(tensor.data_ptr<float>(), weight.values.data(), weight.values.size_bytes());
  return tensor;
}

// "layers.0.attention.query.weight" is one of a layer's linear maps; its norms are not.
bool is_layer_matrix(const WeightSpec& spec) {
  return spec.name.starts_with("layers.") && spec.name.ends_with(kMatrixEnd) &&
         spec.shape.size() == 2;
}

std::string module_of(std::string_view tensor) {
  return std::string(tensor.substr(0, tensor.rfind('.')));
}

// As PEFT matches target_modules: the whole name, or its end behind a dot.
bool is_target(const std::string& module, const std::vector<std::string>& targets) {
  return targets.empty() ||
         std::any_of(targets.begin(), targets.end(), [&](const std::string& target) {
           return module == target || module.ends_with("." + target);
         });
}

// The module that PEFT wraps: the first part of the name behind the encoder's prefix.
std::string head_module(const WeightSpec& spec) {
  const std::string& name = spec.checkpoint_names.back();
  return name.substr(0, name.find('.'));
}

}  // namespace

NetworkWeights::NetworkWeights(const ModelDir& base, const EncoderConfig& config,
                               const TrainOptions& options, int64_t labels, at::Device device)
    : generator_(at::detail::createCPUGenerator(options.seed)) {
  const WeightStore store(base);
  const std::vector<WeightSpec> encoder = encoder_weights(config);
  const std::vector<WeightSpec> head = head_weights(config, head_of(options.task));
  for (const WeightSpec& spec : encoder) tensors_[spec.name] = to_tensor(store.load(spec));
  for (const WeightSpec& spec : head) {
    if (spec.name.starts_with("head.dense") && store.contains(spec)) {
      tensors_[spec.name] = to_tensor(store.load(spec));
    }
  }
  for (const auto* specs : {&encoder, &head}) {
    for (const WeightSpec& spec : *specs) {
      checkpoint_names_[spec.name] = spec.checkpoint_names.front();
    }
  }
  const auto range = base.config.find("initializer_range");
  add_head(head, range != base.config.end() && range->is_number() ? range->get<double>() : 0.02,
           labels);
  if (options.method == TrainMethod::lora) add_lora(encoder, options.lora);
  for (auto& [name, tensor] : tensors_) tensor = tensor.to(device);
  for (auto& [name, pair] : lora_) pair = {pair.a.to(device), pair.b.to(device)};
  select_parameters(options.method, encoder, head);
}

void NetworkWeights::add_head(const std::vector<WeightSpec>& head, double deviation,
                              int64_t labels) {
  for (const WeightSpec& spec : head) {
    const std::string module = head_module(spec);
    if (std::find(head_modules_.begin(), head_modules_.end(), module) == head_modules_.end()) {
      head_modules_.push_back(module);
    }
    if (contains(spec.name)) continue;
    std::vector<int64_t> shape = spec.shape;
    if (spec.name.starts_with("head.out")) shape[0] = labels;
    tensors_[spec.name] = shape.size() == 1
                              ? at::zeros(shape)
                              : at::normal(0.0, deviation, shape, generator_, at::kFloat);
  }
}

void NetworkWeights::add_lora(const std::vector<WeightSpec>& encoder, const LoraOptions& options) {
  for (const WeightSpec& spec : encoder) {
    const std::string module = module_of(spec.checkpoint_names.front());
    if (!is_layer_matrix(spec) || !is_target(module, options.targets)) continue;
    const int64_t outputs = spec.shape[0], inputs = spec.shape[1];
    // PEFT's start: A as a linear layer's weight (Kaiming uniform with a = sqrt(5)), B zero.
    const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
    const at::Tensor a = at::empty({options.rank, inputs}).uniform_(-bound, bound, generator_);
    lora_[module_of(spec.name)] = {a, at::zeros({outputs, options.rank})};
    lora_modules_.push_back(module);
  }
  if (!lora_.empty()) return;
  std::vector<std::string> names;
  for (const WeightSpec& spec : encoder) {
    if (is_layer_matrix(spec)) names.push_back(module_of(spec.checkpoint_names.front()));
  }
  names.resize(std::min<size_t>(names.size(), 6));
  throw Error(
      ErrorCode::invalid_input,
      fmt::format("no layer of the base model matches the LoRA targets; its first layer has "
                  "{}",
                  fmt::join(names, ", ")));
}

void NetworkWeights::select_parameters(TrainMethod method, const std::vector<WeightSpec>& encoder,
                                       const std::vector<WeightSpec>& head) {
  for (auto& [module, pair] : lora_) {
    const std::string name = module_of(checkpoint_names_.at(module + ".weight"));
    parameters_.push_back({name + ".lora_A.weight", pair.a});
    parameters_.push_back({name + ".lora_B.weight", pair.b});
  }
  const auto add = [&](const WeightSpec& spec) {
    const bool plain = spec.name.ends_with(".bias") || spec.name.ends_with("norm.weight");
    parameters_.push_back({spec.checkpoint_names.front(), tensors_.at(spec.name), !plain});
  };
  if (method == TrainMethod::full) std::for_each(encoder.begin(), encoder.end(), add);
  std::for_each(head.begin(), head.end(), add);
  for (const Parameter& parameter : parameters_) parameter.value.requires_grad_(true);
}

const at::Tensor& NetworkWeights::at(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    throw Error(ErrorCode::internal, fmt::format("the network has no tensor {}", name));
  }
  return found->second;
}

LoraPair NetworkWeights::lora(const std::string& module) const {
  const auto found = lora_.find(module);
  return found == lora_.end() ? LoraPair{} : found->second;
}

std::map<std::string, at::Tensor> NetworkWeights::by_checkpoint_name() const {
  std::map<std::string, at::Tensor> tensors;
  for (const auto& [name, tensor] : tensors_) tensors[checkpoint_names_.at(name)] = tensor;
  return tensors;
}

}  // namespace jnlp
