#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "backends/llama/batch_session.h"
#include "backends/llama/handles.h"
#include "backends/llama/model.h"
#include "backends/text_generator.h"
#include "backends/text_stream.h"
#include "base/stopwatch.h"

namespace jnlp {

/// A request on its way through the pool, with what is its own.
struct LlamaRequest {
  explicit LlamaRequest(GenerateOptions what) : options(std::move(what)), stream(options.stop) {}

  std::vector<llama_token> prompt;
  GenerateOptions options;
  GenerationHooks hooks;
  std::function<void()> on_end;
  LlamaSamplerHandle sampler;
  TextStream stream;
  Stopwatch clock;   // since it was submitted
  double begun = 0;  // seconds on that clock when a slot took it
  GenerationStats stats;
  std::promise<Generation> promise;

  bool cancelled() const { return hooks.cancelled && hooks.cancelled(); }
  void tell(const std::string& piece) const;
  /// Keeps the promise.
  void finish(FinishReason reason);
  void fail(std::exception_ptr error);
};

/// One sequence of a batch session: the tokens in its memory, and the request that uses it.
class LlamaSlot {
 public:
  LlamaSlot(int sequence, int64_t context_size)
      : sequence_(sequence), context_size_(context_size) {}

  bool idle() const { return request_ == nullptr; }
  /// Whether the request's prompt has not been put into a batch as a whole.
  bool reads_prompt() const { return !idle() && unread() > 0; }
  bool writes() const { return !idle() && chosen_.has_value(); }
  /// Tokens of the prompt that are to be put into a batch.
  int64_t unread() const;
  /// Tokens at the beginning of `prompt` that are in memory.
  int64_t common_prefix(std::span<const llama_token> prompt) const;
  /// The round in which it became idle: the smallest was idle the longest.
  int64_t idle_since() const { return idle_since_; }

  /// Takes a request whose prompt fits.
  void begin(std::unique_ptr<LlamaRequest> request, LlamaBatchSession* session);
  /// Adds the next tokens of the prompt to the batch, at most `most`.
  void add_prompt(int64_t most, LlamaBatchSession* session);
  /// Adds the token that was chosen last to the batch.
  void add_chosen(LlamaBatchSession* session);
  /// After the batch was computed: chooses the next token, where there is one to choose, and ends
  /// the request where it ends. What the request's hooks throw ends it as well.
  void advance(const LlamaModel& model, LlamaBatchSession* session, int64_t round);
  void end_if_cancelled(int64_t round);
  void end(FinishReason reason, int64_t round);
  /// Ends the request with an error, and forgets the sequence, of which any part may have been
  /// computed.
  void fail(const std::exception_ptr& error, LlamaBatchSession* session, int64_t round);

 private:
  std::optional<FinishReason> choose(const LlamaModel& model, LlamaBatchSession* session);

  int sequence_;
  int64_t context_size_;
  std::vector<llama_token> memory_;  // with those in the batch
  std::unique_ptr<LlamaRequest> request_;
  std::optional<llama_token> chosen_;  // not in the batch yet
  std::optional<int32_t> place_;       // in the batch, of the token that the next one follows
  int64_t idle_since_ = 0;
};

}  // namespace jnlp
