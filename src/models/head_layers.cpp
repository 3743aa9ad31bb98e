#include "models/head_layers.h"

#include <array>

namespace jnlp {
namespace {

constexpr std::array kHeads = {Head::sequence_classification, Head::token_classification,
                               Head::question_answering, Head::masked_lm};

// ELECTRA's pre-training head is a token classifier (replaced or not), not a language model.
bool is_discriminator(const ModelDir& model) {
  const Json names = model.config.value("architectures", Json());
  return names.is_array() && !names.empty() && names[0] == "ElectraForPreTraining";
}

}  // namespace

HeadLayers::HeadLayers(const EncoderConfig& config, Head head, const ModelDir& model,
                       LayerSource& source)
    : head_(head), hidden_size_(config.hidden_size) {
  if (head == Head::embedding) {
    pooling_.emplace(model, config.hidden_size, source);
    return;
  }
  activation_ = head_activation(config, head, is_discriminator(model));
  if (source.has("head.dense.weight")) dense_ = source.linear({"head.dense"});
  if (source.has("head.norm.weight")) norm_ = source.norm("head.norm", config.norm_epsilon);
  out_ = source.linear({"head.out"});
}

int64_t HeadLayers::output_size() const {
  return pooling_ ? pooling_->output_size() : out_.outputs();
}

bool HeadLayers::first_token_only() const {
  return pooling_ ? pooling_->first_token_only() : head_ == Head::sequence_classification;
}

bool HeadLayers::per_token() const {
  return head_ != Head::sequence_classification && head_ != Head::embedding;
}

int64_t HeadLayers::output_rows(const Batch& batch) const {
  return per_token() ? batch.tokens() : batch.sequences();
}

void HeadLayers::run(const Exec& exec, const Batch& batch, FloatBuffer* hidden,
                     HeadScratch* scratch, float* out) const {
  if (pooling_) return pooling_->run(exec, batch, hidden->data(), &scratch->linear, out);
  const int64_t rows = output_rows(batch);
  const float* x = hidden->data();
  if (dense_) {
    scratch->dense.reserve(rows * dense_->outputs());
    linear(exec, dense_->view(), {x, rows, hidden_size_}, activation_, &scratch->linear,
           scratch->dense.data(), dense_->outputs());
    if (norm_)
      layer_norm(exec, *norm_, scratch->dense.data(), nullptr, rows, scratch->dense.data());
    x = scratch->dense.data();
  }
  linear(exec, out_.view(), {x, rows, out_.inputs()}, Activation::none, &scratch->linear, out,
         out_.outputs());
}

std::vector<WeightSpec> model_weights(const EncoderConfig& config, const ModelDir& model,
                                      Head head) {
  std::vector<WeightSpec> specs = encoder_weights(config);
  for (WeightSpec& spec : head_weights(config, head, is_discriminator(model))) {
    specs.push_back(std::move(spec));
  }
  return specs;
}

std::vector<WeightSpec> adaptable_weights(const EncoderConfig& config) {
  std::vector<WeightSpec> all = encoder_weights(config);
  for (const Head head : kHeads) {
    for (const bool discriminator : {false, true}) {
      for (WeightSpec& spec : head_weights(config, head, discriminator)) {
        all.push_back(std::move(spec));
      }
    }
  }
  return all;
}

}  // namespace jnlp
