#include "models/encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "models/relative_position.h"
#include "ops/for_each_row.h"

namespace jnlp {
namespace {

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

// Calls body(exec, first row, rows, scratch) for blocks of rows: each on one thread, which then
// keeps a block's activations in its cache from one layer to the next and waits for nobody; or all
// rows at once on all threads where blocks would be too small, as each block reads all of a layer's
// weights.
template <typename Body>
void for_each_row_block(const Exec& exec, int64_t rows, int64_t weight_bytes,
                        EncoderScratch* scratch, Body body) {
  constexpr int64_t kWeightBytesPerRow = 32768;
  const int64_t least = std::clamp<int64_t>(weight_bytes / kWeightBytesPerRow, 64, 512);
  const int64_t threads = exec.pool.size();
  const int64_t blocks = rows / least / threads * threads;
  if (blocks <= 1) return body(exec, 0, rows, scratch->per_worker.data());
  const Exec part{exec.kernels, scratch->alone};
  exec.pool.parallel_for(blocks, [&](int64_t block, int worker) {
    const int64_t begin = rows * block / blocks;
    body(part, begin, rows * (block + 1) / blocks - begin, scratch->per_worker.data() + worker);
  });
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
    // Not one brace of all: GCC 11 would lose the first members when a later one throws.
    Layer& layer = layers_.emplace_back();
    layer.query_key_value =
        layer_of({name + "attention.query", name + "attention.key", name + "attention.value"});
    layer.attention_output = layer_of({name + "attention.output"});
    layer.attention_norm = source.norm(name + "attention.norm", config.norm_epsilon);
    layer.up = layer_of({name + "ffn.up"});
    layer.down = layer_of({name + "ffn.down"});
    layer.output_norm = source.norm(name + "ffn.norm", config.norm_epsilon);
  }
  const Layer& first = layers_.front();
  for (const PackedLinear* linear :
       {&first.query_key_value, &first.attention_output, &first.up, &first.down}) {
    weight_bytes_ += linear->view().bytes();
  }
}

std::vector<std::pair<std::string, LinearView>> Encoder::inner_layers() const {
  std::vector<std::pair<std::string, LinearView>> found;
  for (size_t i = 0; i < layers_.size(); ++i) {
    const std::string name = fmt::format("layers.{}.", i);
    found.emplace_back(name + "attention.query", layers_[i].query_key_value.view());
    found.emplace_back(name + "attention.output", layers_[i].attention_output.view());
    found.emplace_back(name + "ffn.up", layers_[i].up.view());
    found.emplace_back(name + "ffn.down", layers_[i].down.view());
  }
  return found;
}

void Encoder::embed(const Exec& exec, const Batch& batch, EncoderScratch* scratch,
                    float* hidden) const {
  const int64_t width = config_.embedding_size;
  const std::vector<int64_t> positions = position_ids(config_, batch);
  float* rows = projects_ ? scratch->context.data() : hidden;
  const auto row_of = [&](const Weight& table, int64_t row) {
    return table.values.data() + row * width;
  };
  constexpr int64_t kTokensPerTask = 32;
  for_each_row(exec, batch.tokens(), kTokensPerTask, [&](int64_t t) {
    const auto i = static_cast<size_t>(t);
    float* row = rows + t * width;
    word_.copy_row(batch.token_ids[i], row);
    if (config_.type_vocab_size > 0) {
      exec.kernels.add(row, row_of(type_, batch.type_ids[i]), width);
    }
    exec.kernels.add(row, row_of(position_, positions[i]), width);
  });
  layer_norm(exec, embedding_norm_, rows, nullptr, batch.tokens(), rows);
  if (projects_) {
    linear(exec, projection_.view(), {rows, batch.tokens(), width}, Activation::none,
           &scratch->per_worker[0].linear, hidden, config_.hidden_size);
  }
}

void Encoder::make_relative_bias(const Batch& batch, EncoderScratch* scratch) const {
  const int64_t reach = longest_sequence(batch) - 1;
  scratch->bias.reserve(config_.heads * (2 * reach + 1));
  relative_bias({config_.relative_buckets}, relative_bias_.values, -reach, reach,
                scratch->bias.data());
}

AttentionInput Encoder::attention_input(const Batch& batch, const EncoderScratch& scratch) const {
  const int64_t size = config_.hidden_size;
  const float* query = scratch.projected.data();
  AttentionInput in{query,    3 * size,         query + size,  query + 2 * size,
                    3 * size, batch.cu_seqlens, config_.heads, config_.head_size()};
  if (config_.relative_buckets > 0) {
    in.bias = scratch.bias.data();
    in.bias_reach = longest_sequence(batch) - 1;
  }
  return in;
}

// Keys and values of all tokens, but queries of the first ones only; then `hidden` holds the rows
// of these. Panels are cut at multiples of 16; in models where that falls inside the keys, some
// queries are computed in vain.
void Encoder::project_first_tokens(const Exec& exec, const Layer& layer, const Batch& batch,
                                   EncoderScratch* scratch, float* hidden) const {
  const int64_t size = config_.hidden_size;
  const LinearView packed = layer.query_key_value.view();
  const int64_t skipped = size / kPanelColumns * kPanelColumns;
  LinearScratch* memory = &scratch->per_worker[0].linear;
  linear(exec, packed.from(skipped), {hidden, batch.tokens(), size}, Activation::none, memory,
         scratch->projected.data() + skipped, 3 * size);
  gather_first(batch, hidden, size, hidden);
  scratch->query.reserve(batch.sequences() * size);
  linear(exec, packed.first(size), {hidden, batch.sequences(), size}, Activation::none, memory,
         scratch->query.data(), size);
}

// All of a layer that stands behind attention: each row goes its way alone.
void Encoder::finish_rows(const Exec& exec, const Layer& layer, int64_t rows, const float* context,
                          RowScratch* scratch, float* hidden) const {
  const int64_t size = config_.hidden_size;
  const int64_t inner = config_.intermediate_size;
  scratch->wide.reserve(rows * inner);
  scratch->narrow.reserve(rows * size);
  float* wide = scratch->wide.data();
  float* narrow = scratch->narrow.data();
  LinearScratch* memory = &scratch->linear;
  linear(exec, layer.attention_output.view(), {context, rows, size}, Activation::none, memory,
         narrow, size);
  layer_norm(exec, layer.attention_norm, narrow, hidden, rows, hidden);
  linear(exec, layer.up.view(), {hidden, rows, size}, config_.activation, memory, wide, inner);
  linear(exec, layer.down.view(), {wide, rows, inner}, Activation::none, memory, narrow, size);
  layer_norm(exec, layer.output_norm, narrow, hidden, rows, hidden);
}

void Encoder::forward(const Exec& exec, const Batch& batch, bool first_token_only,
                      EncoderScratch* scratch, FloatBuffer* hidden) const {
  const int64_t tokens = batch.tokens();
  const int64_t size = config_.hidden_size;
  scratch->projected.reserve(tokens * 3 * size);
  scratch->context.reserve(tokens * std::max(size, config_.embedding_size));
  scratch->per_worker.resize(static_cast<size_t>(exec.pool.size()));
  hidden->reserve(tokens * size);
  embed(exec, batch, scratch, hidden->data());
  if (config_.relative_buckets > 0) make_relative_bias(batch, scratch);
  AttentionInput in = attention_input(batch, *scratch);
  if (!first_token_only || layer_order_.size() > 1) {
    linear(exec, layer_at(0).query_key_value.view(), {hidden->data(), tokens, size},
           Activation::none, &scratch->per_worker[0].linear, scratch->projected.data(), 3 * size);
  }
  for (size_t step = 0; step < layer_order_.size(); ++step) {
    // Only first tokens leave the last layer when nothing else is asked for.
    const bool last = step + 1 == layer_order_.size();
    const bool first_only = first_token_only && last;
    const bool before_first_only = first_token_only && step + 2 == layer_order_.size();
    const Layer* next = last || before_first_only ? nullptr : &layer_at(step + 1);
    if (first_only) {
      project_first_tokens(exec, layer_at(step), batch, scratch, hidden->data());
      in.query = scratch->query.data();
      in.query_stride = size;
      in.first_token_only = true;
    }
    in.bf16 = rounds_activations(layer_at(step).query_key_value.view().type);
    attention(exec, in, &scratch->attention, scratch->context.data(), size);
    const int64_t rows = first_only ? batch.sequences() : tokens;
    for_each_row_block(exec, rows, weight_bytes_, scratch,
                       [&](const Exec& part, int64_t begin, int64_t count, RowScratch* memory) {
                         float* block = hidden->data() + begin * size;
                         finish_rows(part, layer_at(step), count,
                                     scratch->context.data() + begin * size, memory, block);
                         if (next == nullptr) return;
                         linear(part, next->query_key_value.view(), {block, count, size},
                                Activation::none, &memory->linear,
                                scratch->projected.data() + begin * 3 * size, 3 * size);
                       });
  }
}

}  // namespace jnlp
