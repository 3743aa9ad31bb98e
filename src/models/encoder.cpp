#include "models/encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace jnlp {
namespace {

// T5's scheme: half of the buckets for each side; of these half for single distances, half for
// logarithmic steps up to 128. Raffel et al. 2020, as transformers computes it for MPNet (in
// float).
int64_t relative_bucket(int64_t distance, int64_t buckets) {
  constexpr float kMaxDistance = 128;
  const int64_t half = buckets / 2;
  const int64_t exact = half / 2;
  const int64_t side = distance > 0 ? half : 0;
  const int64_t reach = std::abs(distance);
  if (reach < exact) return side + reach;
  const auto first = static_cast<float>(exact);
  const float step =
      std::log(static_cast<float>(reach) / first) /
      static_cast<float>(std::log(double{kMaxDistance} / static_cast<double>(exact))) *
      static_cast<float>(half - exact);
  return side + std::min(half - 1, exact + static_cast<int64_t>(step));
}

int64_t longest_sequence(const Batch& batch) {
  int32_t longest = 0;
  for (size_t i = 1; i < batch.cu_seqlens.size(); ++i) {
    longest = std::max(longest, batch.cu_seqlens[i] - batch.cu_seqlens[i - 1]);
  }
  return longest;
}

// Position of each token within its sequence, as the position table counts.
std::vector<int64_t> position_ids(const EncoderConfig& config, const Batch& batch) {
  std::vector<int64_t> positions;
  positions.reserve(batch.token_ids.size());
  for (size_t i = 1; i < batch.cu_seqlens.size(); ++i) {
    int64_t next = config.position_offset;
    for (int32_t t = batch.cu_seqlens[i - 1]; t < batch.cu_seqlens[i]; ++t) {
      const bool padding = config.positions_skip_padding &&
                           batch.token_ids[static_cast<size_t>(t)] == config.pad_token_id;
      positions.push_back(padding ? config.pad_token_id : next++);
    }
  }
  return positions;
}

// Rows of first tokens, one behind the other.
void gather_first(const Batch& batch, const float* rows, int64_t columns, float* out) {
  for (int64_t s = 0; s < batch.sequences(); ++s) {
    const int64_t token = batch.cu_seqlens[static_cast<size_t>(s)];
    // memmove: in place the first row is its own source.
    std::memmove(out + s * columns, rows + token * columns,
                 static_cast<size_t>(columns) * sizeof(float));
  }
}

}  // namespace

Encoder::Encoder(const EncoderConfig& config, const EngineOptions& options, LayerSource& source)
    : config_(config), layer_order_(config.layer_order()) {
  word_ = source.embedding("embeddings.word", options.type_of({"embeddings.word"}));
  position_ = source.table("embeddings.position.weight");
  if (config.type_vocab_size > 0) type_ = source.table("embeddings.type.weight");
  embedding_norm_ = source.norm("embeddings.norm", config.norm_epsilon);
  projects_ = source.has("embeddings.projection.weight");
  if (projects_) projection_ = source.linear({"embeddings.projection"});
  if (config.relative_buckets > 0) relative_bias_ = source.table("relative_bias.weight");
  const auto layer_of = [&](const std::vector<std::string>& modules) {
    return source.linear(modules, options.type_of(modules));
  };
  for (int64_t i = 0; i < config.distinct_layers(); ++i) {
    const std::string name = fmt::format("layers.{}.", i);
    layers_.push_back(
        {layer_of({name + "attention.query", name + "attention.key", name + "attention.value"}),
         layer_of({name + "attention.output"}),
         source.norm(name + "attention.norm", config.norm_epsilon), layer_of({name + "ffn.up"}),
         layer_of({name + "ffn.down"}), source.norm(name + "ffn.norm", config.norm_epsilon)});
  }
}

void Encoder::embed(const Exec& exec, const Batch& batch, EncoderScratch* scratch,
                    float* hidden) const {
  const int64_t width = config_.embedding_size;
  const std::vector<int64_t> positions = position_ids(config_, batch);
  float* rows = projects_ ? scratch->narrow.data() : hidden;
  const auto row_of = [&](const Weight& table, int64_t row) {
    return table.values.data() + row * width;
  };
  constexpr int64_t kTokensPerTask = 32;
  const int64_t tasks = (batch.tokens() + kTokensPerTask - 1) / kTokensPerTask;
  exec.pool.parallel_for(tasks, [&](int64_t task, int) {
    const int64_t end = std::min(batch.tokens(), (task + 1) * kTokensPerTask);
    for (int64_t t = task * kTokensPerTask; t < end; ++t) {
      const auto i = static_cast<size_t>(t);
      float* row = rows + t * width;
      word_.copy_row(batch.token_ids[i], row);
      if (config_.type_vocab_size > 0) {
        exec.kernels.add(row, row_of(type_, batch.type_ids[i]), width);
      }
      exec.kernels.add(row, row_of(position_, positions[i]), width);
    }
  });
  layer_norm(exec, embedding_norm_, rows, nullptr, batch.tokens(), rows);
  if (projects_) {
    linear(exec, projection_.view(), {rows, batch.tokens(), width}, Activation::none,
           &scratch->linear, hidden, config_.hidden_size);
  }
}

void Encoder::make_relative_bias(const Batch& batch, EncoderScratch* scratch) const {
  const int64_t reach = longest_sequence(batch) - 1;
  const int64_t columns = 2 * reach + 1;
  scratch->bias.reserve(config_.heads * columns);
  for (int64_t distance = -reach; distance <= reach; ++distance) {
    const int64_t bucket = relative_bucket(distance, config_.relative_buckets);
    for (int64_t head = 0; head < config_.heads; ++head) {
      scratch->bias.data()[head * columns + distance + reach] =
          relative_bias_.values[static_cast<size_t>(bucket * config_.heads + head)];
    }
  }
}

// Fills in query, key and value; `hidden` then holds the rows that go on through the layer.
AttentionInput Encoder::project(const Exec& exec, const Layer& layer, const Batch& batch,
                                bool first_token_only, EncoderScratch* scratch,
                                float* hidden) const {
  const int64_t size = config_.hidden_size;
  const int64_t tokens = batch.tokens();
  float* wide = scratch->wide.data();
  AttentionInput in{wide,     3 * size,         wide + size,   wide + 2 * size,
                    3 * size, batch.cu_seqlens, config_.heads, config_.head_size()};
  if (config_.relative_buckets > 0) {
    in.bias = scratch->bias.data();
    in.bias_reach = longest_sequence(batch) - 1;
  }
  const PackedLinear& packed = layer.query_key_value;
  const ConstMatrix all{hidden, tokens, size};
  if (!first_token_only) {
    linear(exec, packed.view(), all, Activation::none, &scratch->linear, wide, 3 * size);
    return in;
  }
  // Keys and values of all tokens, but queries of the first ones only. Panels are cut at multiples
  // of 16; in models where that falls inside the keys, some queries are computed in vain.
  const int64_t skipped = size / kPanelColumns * kPanelColumns;
  linear(exec, packed.view().from(skipped), all, Activation::none, &scratch->linear, wide + skipped,
         3 * size);
  gather_first(batch, hidden, size, hidden);
  in.query = scratch->query.data();
  in.query_stride = size;
  in.first_token_only = true;
  linear(exec, packed.view().first(size), {hidden, batch.sequences(), size}, Activation::none,
         &scratch->linear, scratch->query.data(), size);
  return in;
}

void Encoder::run_layer(const Exec& exec, const Layer& layer, const Batch& batch,
                        bool first_token_only, EncoderScratch* scratch, float* hidden) const {
  const int64_t size = config_.hidden_size;
  const int64_t rows = first_token_only ? batch.sequences() : batch.tokens();
  float* wide = scratch->wide.data();
  float* context = scratch->context.data();
  float* narrow = scratch->narrow.data();
  const AttentionInput in = project(exec, layer, batch, first_token_only, scratch, hidden);
  attention(exec, in, &scratch->attention, context, size);
  linear(exec, layer.attention_output.view(), {context, rows, size}, Activation::none,
         &scratch->linear, narrow, size);
  layer_norm(exec, layer.attention_norm, narrow, hidden, rows, hidden);
  linear(exec, layer.up.view(), {hidden, rows, size}, config_.activation, &scratch->linear, wide,
         config_.intermediate_size);
  linear(exec, layer.down.view(), {wide, rows, config_.intermediate_size}, Activation::none,
         &scratch->linear, narrow, size);
  layer_norm(exec, layer.output_norm, narrow, hidden, rows, hidden);
}

void Encoder::forward(const Exec& exec, const Batch& batch, bool first_token_only,
                      EncoderScratch* scratch, FloatBuffer* hidden) const {
  const int64_t tokens = batch.tokens();
  const int64_t size = config_.hidden_size;
  scratch->wide.reserve(tokens * std::max(3 * size, config_.intermediate_size));
  scratch->context.reserve(tokens * size);
  scratch->narrow.reserve(tokens * std::max(size, config_.embedding_size));
  if (first_token_only) scratch->query.reserve(batch.sequences() * size);
  hidden->reserve(tokens * size);
  embed(exec, batch, scratch, hidden->data());
  if (config_.relative_buckets > 0) make_relative_bias(batch, scratch);
  for (size_t i = 0; i < layer_order_.size(); ++i) {
    // Only first tokens leave the last layer when nothing else is asked for.
    const bool first_only = first_token_only && i + 1 == layer_order_.size();
    run_layer(exec, layers_[static_cast<size_t>(layer_order_[i])], batch, first_only, scratch,
              hidden->data());
  }
}

}  // namespace jnlp
