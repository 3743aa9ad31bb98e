#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "backends/llama/handles.h"
#include "backends/llama/model.h"
#include "backends/llama/threads.h"

namespace jnlp {

/// Tokens computed at once while a prompt is read.
inline constexpr uint32_t kPromptBatch = 512;

/// The memory of one sequence: the tokens that the model has read, with their keys and values.
class LlamaSession {
 public:
  /// @throws Error unsupported when there is no memory for such a context.
  LlamaSession(std::shared_ptr<const LlamaModel> model, int64_t context_size, int threads);

  int64_t context_size() const { return context_size_; }
  int threads() const { return threads_; }
  int64_t tokens() const { return static_cast<int64_t>(read_.size()); }
  bool full() const { return tokens() >= context_size_; }

  /// Makes the memory hold `prompt` and nothing else, keeping the beginning that it has already.
  /// Returns how many tokens were kept. The prompt must not be empty, and must fit.
  int64_t keep_common_prefix(std::span<const llama_token> prompt);
  /// Reads tokens behind those in memory. False when `cancelled` said so; the tokens read before
  /// that stay in memory. @throws Error internal when the model cannot be computed.
  bool read(std::span<const llama_token> tokens, const std::function<bool()>& cancelled);
  /// Reads tokens as read() does and hands over, for each of them, the logits of what follows it.
  /// `index` counts in `tokens`; the logits are valid during the call.
  void read_with_logits(
      std::span<const llama_token> tokens,
      const std::function<void(size_t index, std::span<const float> logits)>& take);
  /// Chooses, as choose_llama_token(), the token that follows the last one read.
  llama_token sample(llama_sampler* sampler);
  void forget();

 private:
  // `outputs`, where it is not null, says of each token whether its logits are wanted; without it
  // those of the last are.
  bool decode(std::span<const llama_token> tokens, int8_t* outputs = nullptr);
  void cut_to(size_t tokens);

  std::shared_ptr<const LlamaModel> model_;
  int64_t context_size_;
  int threads_;
  LlamaThreads compute_threads_;  // before the context, which uses it to the end
  LlamaContextHandle context_;
  std::vector<llama_token> read_;
  const std::function<bool()>* cancelled_ = nullptr;  // of the call that runs
};

}  // namespace jnlp
