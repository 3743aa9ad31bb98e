#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "backends/llama/handles.h"
#include "backends/llama/model.h"
#include "backends/llama/threads.h"
#include "base/thread_choice.h"

namespace jnlp {

/// The memory of several sequences of one model, and a batch with tokens of any of them that are
/// computed together.
class LlamaBatchSession {
 public:
  /// Most tokens of a batch.
  static constexpr int32_t kMostTokens = 512;

  /// Every sequence has room for `context_size` tokens.
  /// @throws Error unsupported when there is no memory for that.
  LlamaBatchSession(std::shared_ptr<const LlamaModel> model, int sequences, int64_t context_size,
                    int threads);

  /// At most; fewer while others need the processors.
  int threads() const { return threads_; }

  /// Puts the token at `position` of a sequence into the batch. With `output`, what follows it can
  /// be chosen after compute(). Returns the token's place in the batch.
  int32_t add(llama_token token, int64_t position, int sequence, bool output);
  int32_t tokens() const { return batch_.get().n_tokens; }

  /// Computes the batch and empties it. False when `stop` became true meanwhile: then any part of
  /// the batch may have been computed. @throws Error internal when it cannot be computed.
  bool compute(const std::atomic<bool>& stop);

  /// Chooses, as choose_llama_token(), the token that follows the one at `place` of the batch that
  /// was computed last.
  llama_token sample(llama_sampler* sampler, int32_t place);

  /// Forgets what a sequence has from `position` on. False when the model cannot go back to there:
  /// then the whole sequence is forgotten.
  bool cut(int sequence, int64_t position);

 private:
  class Batch {
   public:
    explicit Batch(int32_t tokens) : batch_(llama_batch_init(tokens, 0, 1)) {}
    ~Batch() { llama_batch_free(batch_); }
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;
    llama_batch& get() { return batch_; }
    const llama_batch& get() const { return batch_; }

   private:
    llama_batch batch_;
  };

  int32_t decode(const std::atomic<bool>& stop);

  std::shared_ptr<const LlamaModel> model_;
  int sequences_;
  int threads_;
  int cpus_;
  ThreadChoice choice_;
  LlamaThreads compute_threads_;  // before the context, which uses it to the end
  LlamaContextHandle context_;
  Batch batch_;
  const std::atomic<bool>* stop_ = nullptr;  // of the call that runs
};

}  // namespace jnlp
