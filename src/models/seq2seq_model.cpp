#include "models/seq2seq_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/error.h"
#include "generate/generation_defaults.h"
#include "models/checkpoint_source.h"
#include "models/seq2seq_weights.h"

namespace jnlp {
namespace {

// Sources whose targets are written together: enough hypotheses to read each weight once for
// several of them, few enough that caches and logits stay small. Results do not depend on it.
constexpr int64_t kChunkSourceTokens = 4096;
constexpr int64_t kChunkHypotheses = 32;

[[noreturn]] void fail_source(int64_t source, const std::string& why) {
  throw Error(ErrorCode::invalid_input, fmt::format("source {} {}", source, why));
}

void check_given_up(const Seq2SeqOptions& options) {
  if (!options.given_up || !options.given_up()) return;
  throw Error(ErrorCode::deadline, "the text was given up before it was whole");
}

// Whole sources from `first` on.
Batch chunk_from(const Batch& sources, int64_t first, int64_t num_beams) {
  const int64_t most = std::max<int64_t>(1, kChunkHypotheses / num_beams);
  Batch chunk;
  for (int64_t s = first; s < sources.sequences() && chunk.sequences() < most; ++s) {
    const auto begin = static_cast<size_t>(sources.cu_seqlens[static_cast<size_t>(s)]);
    const auto end = static_cast<size_t>(sources.cu_seqlens[static_cast<size_t>(s) + 1]);
    const auto length = static_cast<int64_t>(end - begin);
    if (chunk.tokens() > 0 && chunk.tokens() + length > kChunkSourceTokens) break;
    chunk.add(std::span(sources.token_ids).subspan(begin, end - begin));
  }
  return chunk;
}

// The rows of each source's hypotheses among all that go on.
std::vector<QueryGroup> groups_of(std::span<const std::unique_ptr<Search>> searches) {
  std::vector<QueryGroup> groups;
  int64_t first = 0;
  for (size_t s = 0; s < searches.size(); ++s) {
    const auto count = static_cast<int64_t>(searches[s]->running().size());
    if (count > 0) groups.push_back({static_cast<int64_t>(s), first, count});
    first += count;
  }
  return groups;
}

std::vector<int32_t> last_tokens(std::span<const std::unique_ptr<Search>> searches) {
  std::vector<int32_t> tokens;
  for (const std::unique_ptr<Search>& search : searches) {
    for (const Hypothesis& hypothesis : search->running()) tokens.push_back(hypothesis.ids.back());
  }
  return tokens;
}

}  // namespace

Seq2SeqModel::Seq2SeqModel(const ModelDir& model, std::shared_ptr<ThreadPool> pool,
                           const Kernels& kernels, const EngineOptions& options)
    : config_(read_seq2seq_config(model.config)),
      options_(options.completed_by(model.config)),
      kernels_(kernels),
      pool_(std::move(pool)),
      defaults_(read_generation_options(model.config, model.generation_config)) {
  const std::vector<WeightSpec> specs = seq2seq_weights(config_);
  source_ = std::make_unique<CheckpointSource>(model, specs, specs, Exec{kernels_, *pool_});
  word_ = std::make_unique<EmbeddingTable>(
      source_->embedding("embeddings.word", options_.type_of({"embeddings.word"})));
  encoder_ = std::make_unique<Seq2SeqEncoder>(config_, options_, *word_, *source_);
  decoder_ = std::make_unique<Seq2SeqDecoder>(config_, options_, *word_, *source_);
  source_->finish();
}

void Seq2SeqModel::check(const Batch& sources) const {
  if (sources.cu_seqlens.empty() || sources.cu_seqlens.front() != 0 ||
      sources.cu_seqlens.back() != sources.tokens()) {
    throw Error(ErrorCode::invalid_input, "the batch's lengths do not fit its token ids");
  }
  for (int64_t s = 0; s < sources.sequences(); ++s) {
    const int64_t begin = sources.cu_seqlens[static_cast<size_t>(s)];
    const int64_t end = sources.cu_seqlens[static_cast<size_t>(s) + 1];
    if (end <= begin || end > sources.tokens()) {
      fail_source(s, "is empty; it needs at least one token");
    }
    if (config_.max_positions > 0 && end - begin > config_.max_positions) {
      fail_source(s, fmt::format("has {} tokens, the model takes at most {}; cut it or split it",
                                 end - begin, config_.max_positions));
    }
    for (auto t = static_cast<size_t>(begin); t < static_cast<size_t>(end); ++t) {
      if (sources.token_ids[t] >= 0 && sources.token_ids[t] < config_.vocab_size) continue;
      fail_source(
          s, fmt::format("has the token id {}, the vocabulary ends at {}; is the tokenizer this "
                         "model's own?",
                         sources.token_ids[t], config_.vocab_size - 1));
    }
  }
}

std::vector<std::vector<GeneratedSequence>> Seq2SeqModel::generate(const Batch& sources,
                                                                   const Seq2SeqOptions& options) {
  check(sources);
  const Seq2SeqOptions settled = settle(options, config_.max_positions, config_.vocab_size);
  const TokenRules rules(settled);
  const ContinuationOptions continuations{rules, settled.num_beams == 1, settled.renormalize_logits,
                                          candidates_wanted(settled)};
  const std::lock_guard turn(turn_);
  std::vector<std::vector<GeneratedSequence>> results;
  while (static_cast<int64_t>(results.size()) < sources.sequences()) {
    const Batch chunk =
        chunk_from(sources, static_cast<int64_t>(results.size()), settled.num_beams);
    for (const std::unique_ptr<Search>& search : this->search(chunk, settled, continuations)) {
      results.push_back(search->results());
    }
  }
  return results;
}

std::vector<std::unique_ptr<Search>> Seq2SeqModel::search(
    const Batch& chunk, const Seq2SeqOptions& options, const ContinuationOptions& continuations) {
  const Exec exec{kernels_, *pool_};
  const int64_t slots = chunk.sequences() * options.num_beams;
  std::vector<std::unique_ptr<Search>> searches;
  check_given_up(options);
  for (int64_t s = 0; s < chunk.sequences(); ++s) searches.push_back(make_search(options));
  {
    const ThreadPool::Turn pool_turn(*pool_);
    encoder_->forward(exec, chunk, &source_scratch_, &encoded_);
    decoder_->start(exec, encoded_.data(), chunk.cu_seqlens, *options.max_length - 1, slots,
                    &state_);
  }
  logits_.reserve(slots * config_.vocab_size);
  std::vector<QueryGroup> groups = groups_of(searches);
  while (!groups.empty()) {
    check_given_up(options);
    // By step: another model on this pool waits for one step, not for whole targets.
    const ThreadPool::Turn pool_turn(*pool_);
    decoder_->step(exec, last_tokens(searches), groups, &state_, logits_.data());
    advance(continuations, groups, searches);
    groups = groups_of(searches);
  }
  return searches;
}

// Chooses what follows each row of logits and tells the cache which rows go on.
void Seq2SeqModel::advance(const ContinuationOptions& continuations,
                           std::span<const QueryGroup> groups,
                           std::span<std::unique_ptr<Search>> searches) {
  std::vector<const Hypothesis*> hypotheses;
  for (const QueryGroup& group : groups) {
    for (const Hypothesis& one : searches[static_cast<size_t>(group.sequence)]->running()) {
      hypotheses.push_back(&one);
    }
  }
  std::vector<std::vector<Candidate>> candidates(hypotheses.size());
  const auto vocab_size = static_cast<size_t>(config_.vocab_size);
  pool_->parallel_for(static_cast<int64_t>(hypotheses.size()), [&](int64_t row, int) {
    const auto i = static_cast<size_t>(row);
    const std::span<float> logits(logits_.data() + i * vocab_size, vocab_size);
    candidates[i] = best_continuations(kernels_, continuations, hypotheses[i]->ids, logits);
  });
  std::vector<int64_t> parents;
  for (const QueryGroup& group : groups) {
    Search& search = *searches[static_cast<size_t>(group.sequence)];
    search.advance(
        std::span(candidates)
            .subspan(static_cast<size_t>(group.first), static_cast<size_t>(group.count)));
    for (const Hypothesis& one : search.running()) parents.push_back(group.first + one.parent);
  }
  state_.cache.follow(parents);
}

}  // namespace jnlp
