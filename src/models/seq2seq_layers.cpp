#include "models/seq2seq_layers.h"

#include <cmath>

namespace jnlp {

ResidualStream::ResidualStream(const Exec& exec, bool norm_first, int64_t rows, int64_t columns,
                               float* hidden, LayerScratch* scratch)
    : exec_(exec),
      norm_first_(norm_first),
      rows_(rows),
      columns_(columns),
      hidden_(hidden),
      scratch_(scratch) {
  scratch_->normed.reserve(rows * columns);
  scratch_->narrow.reserve(rows * columns);
}

ConstMatrix ResidualStream::read(const NormWeights& norm) {
  if (!norm_first_) return {hidden_, rows_, columns_};
  normalize(exec_, norm, hidden_, rows_, scratch_->normed.data());
  return {scratch_->normed.data(), rows_, columns_};
}

void ResidualStream::add(const NormWeights& norm, const PackedLinear& layer, const float* x,
                         int64_t x_stride) {
  float* out = scratch_->narrow.data();
  linear(exec_, layer.view(), {x, rows_, x_stride}, Activation::none, &scratch_->linear, out,
         columns_);
  if (norm_first_) return add_rows(exec_, hidden_, out, rows_, columns_);
  layer_norm(exec_, norm, out, hidden_, rows_, hidden_);
}

FeedForward::FeedForward(const Seq2SeqConfig& config, const std::string& name,
                         const EngineOptions& options, LayerSource& source)
    : activation_(config.activation), gated_(config.gated) {
  norm_ = source.norm(name + ".norm", config.norm_epsilon);
  up_ = gated_ ? linear_of({name + ".gate", name + ".up"}, options, source)
               : linear_of({name + ".up"}, options, source);
  down_ = linear_of({name + ".down"}, options, source);
}

void FeedForward::run(const Exec& exec, ResidualStream* stream) const {
  const int64_t rows = stream->rows();
  const int64_t inner = down_.inputs();
  LayerScratch& scratch = stream->scratch();
  scratch.wide.reserve(rows * up_.outputs());
  float* wide = scratch.wide.data();
  linear(exec, up_.view(), stream->read(norm_), gated_ ? Activation::none : activation_,
         &scratch.linear, wide, up_.outputs());
  if (gated_) gate_rows(exec, activation_, wide, rows, inner);
  stream->add(norm_, down_, wide, up_.outputs());
}

PackedLinear linear_of(const std::vector<std::string>& modules, const EngineOptions& options,
                       LayerSource& source) {
  return source.linear(modules, options.type_of(modules));
}

float attention_scale(const Seq2SeqConfig& config, const StackConfig& stack) {
  return config.scaled_attention ? 1.0F / std::sqrt(static_cast<float>(stack.head_size)) : 1.0F;
}

}  // namespace jnlp
