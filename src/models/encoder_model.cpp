#include "models/encoder_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/error.h"
#include "models/open_layers.h"

namespace jnlp {
namespace {

// Tokens that go through the layers together: enough to read each weight once for much arithmetic,
// few enough that activations stay within tens of megabytes. Results do not depend on it.
constexpr int64_t kChunkTokens = 1024;

[[noreturn]] void fail_sequence(int64_t sequence, const std::string& why) {
  throw Error(ErrorCode::invalid_input, fmt::format("sequence {} {}", sequence, why));
}

// Calls body(chunk, first sequence) for whole sequences of up to kChunkTokens (one that is longer
// goes alone).
template <typename Body>
void for_each_chunk(const Batch& batch, Body body) {
  int64_t first = 0;
  while (first < batch.sequences()) {
    Batch chunk;
    int64_t s = first;
    while (s < batch.sequences()) {
      const auto begin = static_cast<size_t>(batch.cu_seqlens[static_cast<size_t>(s)]);
      const auto end = static_cast<size_t>(batch.cu_seqlens[static_cast<size_t>(s) + 1]);
      const auto length = static_cast<int64_t>(end - begin);
      if (chunk.tokens() > 0 && chunk.tokens() + length > kChunkTokens) break;
      chunk.add(std::span(batch.token_ids).subspan(begin, end - begin),
                std::span(batch.type_ids).subspan(begin, end - begin));
      ++s;
    }
    body(chunk, first);
    first = s;
  }
}

}  // namespace

EncoderModel::EncoderModel(const ModelDir& model, std::shared_ptr<ThreadPool> pool,
                           std::optional<Head> head, const Kernels& kernels,
                           const EngineOptions& options)
    : kernels_(kernels), pool_(std::move(pool)) {
  const EncoderConfig config = read_encoder_config(model.config);
  OpenedLayers layers = open_layers(model, config, head, options, {kernels_, *pool_});
  source_ = std::move(layers.source);
  options_ = std::move(layers.options);
  prepared_ = layers.prepared;
  encoder_ = std::make_unique<Encoder>(config, options_, *source_);
  head_layers_ = std::make_unique<HeadLayers>(config, layers.head, model, *source_);
  source_->finish();
}

void EncoderModel::check(const Batch& batch) const {
  const EncoderConfig& c = config();
  if (batch.cu_seqlens.empty() || batch.cu_seqlens.front() != 0 ||
      batch.cu_seqlens.back() != batch.tokens() ||
      batch.type_ids.size() != batch.token_ids.size()) {
    throw Error(ErrorCode::invalid_input, "the batch's lengths do not fit its token ids");
  }
  for (int64_t s = 0; s < batch.sequences(); ++s) {
    const int64_t begin = batch.cu_seqlens[static_cast<size_t>(s)];
    const int64_t end = batch.cu_seqlens[static_cast<size_t>(s) + 1];
    if (end <= begin || end > batch.tokens()) {
      fail_sequence(s, "is empty; it needs at least one token");
    }
    if (end - begin > c.max_sequence_length()) {
      fail_sequence(s, fmt::format("has {} tokens, the model takes at most {}; cut it or split it",
                                   end - begin, c.max_sequence_length()));
    }
    for (auto t = static_cast<size_t>(begin); t < static_cast<size_t>(end); ++t) {
      if (batch.token_ids[t] < 0 || batch.token_ids[t] >= c.vocab_size) {
        fail_sequence(
            s, fmt::format("has the token id {}, the vocabulary ends at {}; is the tokenizer this "
                           "model's own?",
                           batch.token_ids[t], c.vocab_size - 1));
      }
      if (c.type_vocab_size > 0 &&
          (batch.type_ids[t] < 0 || batch.type_ids[t] >= c.type_vocab_size)) {
        fail_sequence(s, fmt::format("has the type id {}, the model knows 0 to {}",
                                     batch.type_ids[t], c.type_vocab_size - 1));
      }
    }
  }
}

Output EncoderModel::run(const Batch& batch) {
  check(batch);
  const std::lock_guard turn(turn_);
  const Exec exec{kernels_, *pool_};
  Output output{head_layers_->output_rows(batch), output_size(), {}};
  output.values.resize(static_cast<size_t>(output.rows * output.columns));
  for_each_chunk(batch, [&](const Batch& chunk, int64_t first) {
    const int64_t row =
        head_layers_->per_token() ? batch.cu_seqlens[static_cast<size_t>(first)] : first;
    // By chunk: another model on this pool waits for one chunk, not for a large batch.
    const ThreadPool::Turn pool_turn(*pool_);
    encoder_->forward(exec, chunk, head_layers_->first_token_only(), &scratch_, &hidden_);
    head_layers_->run(exec, chunk, &hidden_, &head_scratch_,
                      output.values.data() + row * output.columns);
  });
  return output;
}

void EncoderModel::observe(const Batch& batch, InputObserver* observer) {
  check(batch);
  const std::lock_guard turn(turn_);
  const auto show_to = [&](InputObserver* whom) {
    scratch_.per_worker.resize(static_cast<size_t>(pool_->size()));
    for (RowScratch& worker : scratch_.per_worker) worker.linear.observer = whom;
  };
  show_to(observer);
  for_each_chunk(batch, [&](const Batch& chunk, int64_t) {
    const ThreadPool::Turn pool_turn(*pool_);
    encoder_->forward({kernels_, *pool_}, chunk, false, &scratch_, &hidden_);
  });
  show_to(nullptr);
}

}  // namespace jnlp
