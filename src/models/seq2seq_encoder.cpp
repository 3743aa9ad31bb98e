#include "models/seq2seq_encoder.h"

#include <fmt/format.h>

#include <algorithm>

namespace jnlp {

Seq2SeqEncoder::Layer::Layer(const Seq2SeqConfig& config, const std::string& name,
                             const EngineOptions& options, LayerSource& source)
    : attention_norm(source.norm(name + ".attention.norm", config.norm_epsilon)),
      query_key_value(
          linear_of({name + ".attention.query", name + ".attention.key", name + ".attention.value"},
                    options, source)),
      attention_output(linear_of({name + ".attention.output"}, options, source)),
      feed_forward(config, name + ".ffn", options, source) {}

Seq2SeqEncoder::Seq2SeqEncoder(const Seq2SeqConfig& config, const EngineOptions& options,
                               const EmbeddingTable& word, LayerSource& source)
    : config_(config), embedding_(config, "encoder", word, source) {
  if (config.positions == Positions::relative) {
    relative_bias_ = source.table("encoder.relative_bias.weight");
  }
  for (int64_t i = 0; i < config.encoder.layers; ++i) {
    layers_.emplace_back(config, fmt::format("encoder.layers.{}", i), options, source);
  }
  if (config.final_norm) final_norm_ = source.norm("encoder.norm", config.norm_epsilon);
}

AttentionInput Seq2SeqEncoder::attention_input(const Batch& batch, SourceScratch* scratch) const {
  const int64_t size = config_.encoder.attention_size();
  const float* query = scratch->projected.data();
  AttentionInput in{query,    3 * size,         query + size,          query + 2 * size,
                    3 * size, batch.cu_seqlens, config_.encoder.heads, config_.encoder.head_size};
  in.scaled = config_.scaled_attention;
  in.bf16 = rounds_activations(layers_.front().query_key_value.view().type);
  if (config_.positions == Positions::relative) {
    const int64_t reach = *std::max_element(scratch->positions.begin(), scratch->positions.end());
    scratch->bias.reserve(config_.encoder.heads * (2 * reach + 1));
    relative_bias(config_.encoder_buckets, relative_bias_.values, -reach, reach,
                  scratch->bias.data());
    in.bias = scratch->bias.data();
    in.bias_reach = reach;
  }
  return in;
}

void Seq2SeqEncoder::forward(const Exec& exec, const Batch& batch, SourceScratch* scratch,
                             FloatBuffer* hidden) const {
  const int64_t tokens = batch.tokens();
  const int64_t size = config_.encoder.attention_size();
  scratch->positions.clear();
  for (size_t s = 1; s < batch.cu_seqlens.size(); ++s) {
    const int32_t length = batch.cu_seqlens[s] - batch.cu_seqlens[s - 1];
    for (int32_t i = 0; i < length; ++i) scratch->positions.push_back(i);
  }
  scratch->projected.reserve(tokens * 3 * size);
  scratch->context.reserve(tokens * size);
  hidden->reserve(tokens * config_.hidden_size);
  embedding_.embed(exec, batch.token_ids, scratch->positions, hidden->data());
  const AttentionInput in = attention_input(batch, scratch);
  ResidualStream stream(exec, config_.norm_first, tokens, config_.hidden_size, hidden->data(),
                        &scratch->layers);
  for (const Layer& layer : layers_) {
    linear(exec, layer.query_key_value.view(), stream.read(layer.attention_norm), Activation::none,
           &scratch->layers.linear, scratch->projected.data(), 3 * size);
    attention(exec, in, &scratch->attention, scratch->context.data(), size);
    stream.add(layer.attention_norm, layer.attention_output, scratch->context.data(), size);
    layer.feed_forward.run(exec, &stream);
  }
  if (config_.final_norm) normalize(exec, final_norm_, hidden->data(), tokens, hidden->data());
}

}  // namespace jnlp
