#include "models/seq2seq_decoder.h"

#include <fmt/format.h>

#include "ops/cached_attention.h"
#include "ops/for_each_row.h"

namespace jnlp {

Seq2SeqDecoder::Layer::Layer(const Seq2SeqConfig& config, const std::string& name,
                             const EngineOptions& options, LayerSource& source)
    : self_norm(source.norm(name + ".attention.norm", config.norm_epsilon)),
      self_query_key_value(
          linear_of({name + ".attention.query", name + ".attention.key", name + ".attention.value"},
                    options, source)),
      self_output(linear_of({name + ".attention.output"}, options, source)),
      cross_norm(source.norm(name + ".cross.norm", config.norm_epsilon)),
      cross_query(linear_of({name + ".cross.query"}, options, source)),
      cross_key_value(linear_of({name + ".cross.key", name + ".cross.value"}, options, source)),
      cross_output(linear_of({name + ".cross.output"}, options, source)),
      feed_forward(config, name + ".ffn", options, source) {}

Seq2SeqDecoder::Seq2SeqDecoder(const Seq2SeqConfig& config, const EngineOptions& options,
                               const EmbeddingTable& word, LayerSource& source)
    : config_(config), embedding_(config, "decoder", word, source) {
  if (config.positions == Positions::relative) {
    relative_bias_ = source.table("decoder.relative_bias.weight");
  }
  for (int64_t i = 0; i < config.decoder.layers; ++i) {
    layers_.emplace_back(config, fmt::format("decoder.layers.{}", i), options, source);
  }
  if (config.final_norm) final_norm_ = source.norm("decoder.norm", config.norm_epsilon);
  lm_head_ = linear_of({"lm_head"}, options, source);
}

void Seq2SeqDecoder::start(const Exec& exec, const float* encoded,
                           std::span<const int32_t> cu_seqlens, int64_t steps, int64_t slots,
                           DecoderState* state) const {
  const StackConfig& stack = config_.decoder;
  const int64_t size = stack.attention_size();
  const int64_t tokens = cu_seqlens.back();
  state->max_steps = steps;
  state->cache.reset(stack.layers, 3 * size, steps, slots,
                     static_cast<int64_t>(cu_seqlens.size()) - 1);
  if (config_.positions == Positions::relative) {
    state->bias.reserve(stack.heads * steps);
    relative_bias(config_.decoder_buckets, relative_bias_.values, 1 - steps, 0, state->bias.data());
  }
  state->projected.reserve(tokens * 2 * size);
  state->sources.resize(layers_.size());
  for (size_t i = 0; i < layers_.size(); ++i) {
    float* key_value = state->projected.data();
    linear(exec, layers_[i].cross_key_value.view(), {encoded, tokens, config_.hidden_size},
           Activation::none, &state->layers.linear, key_value, 2 * size);
    state->sources[i].pack(exec, key_value, key_value + size, 2 * size, cu_seqlens, stack.heads,
                           stack.head_size);
  }
}

// The new rows of query, key and value are written where the cache keeps them.
void Seq2SeqDecoder::attend_to_target(const Exec& exec, size_t layer, ResidualStream* stream,
                                      DecoderState* state) const {
  const StackConfig& stack = config_.decoder;
  const int64_t size = stack.attention_size();
  const Layer& weights = layers_[layer];
  DecoderCache& cache = state->cache;
  const auto index = static_cast<int64_t>(layer);
  float* query = cache.new_rows(index);
  linear(exec, weights.self_query_key_value.view(), stream->read(weights.self_norm),
         Activation::none, &state->layers.linear, query, 3 * size);
  CachedAttention in{query,
                     3 * size,
                     cache.rows(index) + size,
                     cache.rows(index) + 2 * size,
                     3 * size,
                     cache.paths(),
                     stack.heads,
                     stack.head_size,
                     attention_scale(config_, stack)};
  if (config_.positions == Positions::relative) {
    in.bias = state->bias.data();
    in.bias_columns = state->max_steps;
  }
  cached_attention(exec, in, &state->scores, state->context.data(), size);
  stream->add(weights.self_norm, weights.self_output, state->context.data(), size);
}

void Seq2SeqDecoder::attend_to_source(const Exec& exec, size_t layer,
                                      std::span<const QueryGroup> groups, ResidualStream* stream,
                                      DecoderState* state) const {
  const StackConfig& stack = config_.decoder;
  const int64_t size = stack.attention_size();
  const Layer& weights = layers_[layer];
  linear(exec, weights.cross_query.view(), stream->read(weights.cross_norm), Activation::none,
         &state->layers.linear, state->query.data(), size);
  cross_attention(exec, state->sources[layer], groups, state->query.data(), size,
                  attention_scale(config_, stack), &state->scores, state->context.data(), size);
  stream->add(weights.cross_norm, weights.cross_output, state->context.data(), size);
}

void Seq2SeqDecoder::step(const Exec& exec, std::span<const int32_t> tokens,
                          std::span<const QueryGroup> groups, DecoderState* state,
                          float* logits) const {
  const auto rows = static_cast<int64_t>(tokens.size());
  const int64_t columns = config_.hidden_size;
  state->cache.add_rows();
  state->hidden.reserve(rows * columns);
  state->query.reserve(rows * config_.decoder.attention_size());
  state->context.reserve(rows * config_.decoder.attention_size());
  float* hidden = state->hidden.data();
  const std::vector<int32_t> positions(tokens.size(),
                                       static_cast<int32_t>(state->cache.steps() - 1));
  embedding_.embed(exec, tokens, positions, hidden);
  ResidualStream stream(exec, config_.norm_first, rows, columns, hidden, &state->layers);
  for (size_t layer = 0; layer < layers_.size(); ++layer) {
    attend_to_target(exec, layer, &stream, state);
    attend_to_source(exec, layer, groups, &stream, state);
    layers_[layer].feed_forward.run(exec, &stream);
  }
  if (config_.final_norm) normalize(exec, final_norm_, hidden, rows, hidden);
  if (config_.output_scale != 1) exec.kernels.scale(hidden, config_.output_scale, rows * columns);
  linear(exec, lm_head_.view(), {hidden, rows, columns}, Activation::none, &state->layers.linear,
         logits, config_.vocab_size);
}

}  // namespace jnlp
