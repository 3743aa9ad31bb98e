#include "train/network.h"

#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>

#include <cmath>

#include "base/error.h"
#include "train/lora_linear.h"
#include "train/task_names.h"

namespace jnlp {
namespace {

at::Tensor gelu_tanh(const at::Tensor& input) {
  const double factor = std::sqrt(2 / M_PI);
  return 0.5 * input * (1 + at::tanh(factor * (input + 0.044715 * input.pow(3))));
}

at::Tensor activate(const at::Tensor& input, Activation activation) {
  switch (activation) {
    case Activation::none:
      return input;
    case Activation::gelu:
      return at::gelu(input);
    case Activation::gelu_tanh:
      return gelu_tanh(input);
    case Activation::relu:
      return at::relu(input);
    case Activation::silu:
      return at::silu(input);
    case Activation::tanh:
      return at::tanh(input);
  }
  return input;
}

}  // namespace

Dropout::Dropout(double rate, uint64_t seed)
    : rate_(rate), generator_(at::detail::createCPUGenerator(seed)) {}

at::Tensor Dropout::operator()(const at::Tensor& input) {
  if (rate_ <= 0) return input;
  if (!input.device().is_cpu()) return at::dropout(input, rate_, true);
  at::Tensor keep = at::empty(input.sizes(), input.options());
  keep.bernoulli_(1 - rate_, generator_).div_(1 - rate_);
  return input * keep;
}

Network::Network(const ModelDir& base, const TrainOptions& options, int64_t labels,
                 at::Device device)
    : config_(read_encoder_config(base.config)),
      task_(options.task),
      device_(device),
      lora_scale_(options.lora.alpha / static_cast<double>(options.lora.rank)),
      head_activation_(head_activation(config_, head_of(options.task))),
      weights_(base, config_, options, labels, device),
      embedding_norm_(norm("embeddings.norm")),
      projection_(optional_linear("embeddings.projection")),
      layer_order_(config_.layer_order()),
      head_dense_(optional_linear("head.dense")),
      head_output_(linear("head.out")) {
  if (config_.relative_buckets > 0) {
    throw Error(ErrorCode::unsupported,
                fmt::format("cannot train a model of type '{}': it has relative positions",
                            config_.model_type));
  }
  for (int64_t i = 0; i < config_.distinct_layers(); ++i) {
    const std::string layer = fmt::format("layers.{}.", i);
    layers_.push_back({linear(layer + "attention.query"), linear(layer + "attention.key"),
                       linear(layer + "attention.value"), linear(layer + "attention.output"),
                       linear(layer + "ffn.up"), linear(layer + "ffn.down"),
                       norm(layer + "attention.norm"), norm(layer + "ffn.norm")});
  }
}

Network::Linear Network::linear(const std::string& module) const {
  return {weights_.at(module + ".weight"), weights_.at(module + ".bias"), weights_.lora(module)};
}

std::optional<Network::Linear> Network::optional_linear(const std::string& module) const {
  if (!weights_.contains(module + ".weight")) return std::nullopt;
  return linear(module);
}

Network::Norm Network::norm(const std::string& module) const {
  return {weights_.at(module + ".weight"), weights_.at(module + ".bias")};
}

at::Tensor Network::run(const Linear& linear, const at::Tensor& input) const {
  if (!linear.lora.a.defined()) return at::linear(input, linear.weight, linear.bias);
  return lora_linear(input, linear.weight, linear.bias, linear.lora.a, linear.lora.b, lora_scale_);
}

at::Tensor Network::run(const Norm& norm, const at::Tensor& input) const {
  return at::layer_norm(input, norm.weight.sizes(), norm.weight, norm.bias, config_.norm_epsilon);
}

at::Tensor Network::embed(const PaddedChunk& chunk) const {
  at::Tensor sum = at::embedding(weights_.at("embeddings.word.weight"), chunk.ids);
  const at::Tensor positions =
      at::arange(config_.position_offset, config_.position_offset + chunk.length,
                 chunk.ids.options())
          .repeat({chunk.sequences});
  sum = sum + at::embedding(weights_.at("embeddings.position.weight"), positions);
  if (config_.type_vocab_size > 0) {
    sum = sum + at::embedding(weights_.at("embeddings.type.weight"), chunk.types);
  }
  return run(embedding_norm_, sum);
}

at::Tensor Network::attend(const Layer& layer, const at::Tensor& input,
                           const PaddedChunk& chunk) const {
  const auto heads = [&](const Linear& projection) {
    return run(projection, input)
        .view({chunk.sequences, chunk.length, config_.heads, config_.head_size()})
        .transpose(1, 2);
  };
  const double scale = 1 / std::sqrt(static_cast<double>(config_.head_size()));
  at::Tensor scores = at::matmul(heads(layer.query) * scale, heads(layer.key).transpose(-1, -2));
  if (chunk.mask.defined()) scores = scores + chunk.mask;
  const at::Tensor context = at::matmul(at::softmax(scores, -1), heads(layer.value));
  return context.transpose(1, 2).reshape({chunk.sequences * chunk.length, config_.hidden_size});
}

at::Tensor Network::forward(const PaddedChunk& chunk, Dropout* dropout) const {
  const auto drop = [&](const at::Tensor& x) { return dropout != nullptr ? (*dropout)(x) : x; };
  at::Tensor x = drop(embed(chunk));
  if (projection_) x = run(*projection_, x);
  for (const int64_t index : layer_order_) {
    const Layer& layer = layers_[static_cast<size_t>(index)];
    const at::Tensor attended = run(layer.attention_output, attend(layer, x, chunk));
    x = run(layer.attention_norm, x + drop(attended));
    const at::Tensor wide = activate(run(layer.up, x), config_.activation);
    x = run(layer.output_norm, x + drop(run(layer.down, wide)));
  }
  if (task_ == TrainTask::classification) {
    x = x.view({chunk.sequences, chunk.length, config_.hidden_size}).select(1, 0);
  }
  if (head_dense_) x = activate(run(*head_dense_, x), head_activation_);
  x = run(head_output_, drop(x));
  if (task_ == TrainTask::classification) return x;
  return x.view({chunk.sequences, chunk.length, -1});
}

}  // namespace jnlp
