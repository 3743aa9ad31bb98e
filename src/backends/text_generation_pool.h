#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <span>
#include <string>
#include <string_view>

#include "backends/text_generator.h"

namespace jnlp {

/// A loaded language model that continues several texts at once (continuous batching): requests
/// join and leave between tokens, so none waits for another to end. More than slots() of them wait
/// in the order in which they came. All functions may be called from any thread.
class TextGenerationPool {
 public:
  /// Requests that have not ended yet end as cancelled, with the text that there is.
  virtual ~TextGenerationPool() = default;

  /// One line for people: what model, how large, on what.
  virtual std::string description() const = 0;
  /// Tokens that prompt and answer of one request may have together.
  virtual int64_t context_size() const = 0;
  /// Requests that are computed at once.
  virtual int slots() const = 0;
  /// Tokens of a prompt, as submit() counts them.
  virtual int64_t count_tokens(std::string_view prompt) const = 0;
  /// As TextGenerator::apply_chat_template.
  virtual std::string apply_chat_template(std::span<const ChatMessage> messages) const = 0;

  /// Continues `prompt` as TextGenerator::generate does; the part of it that an idle slot still has
  /// in memory is not read again. The hooks are called by the pool's thread, which all requests
  /// share: they must be quick. When on_text throws, its request ends with that exception and the
  /// others go on. In the stats, times are those of a clock on the wall: what was computed for
  /// other requests meanwhile counts, and for first_token_seconds the waiting too.
  /// `on_end` is called when the future has the result or the exception, by the pool's thread, so
  /// that nobody needs a thread that waits for it; it must be quick and must not throw.
  /// @throws Error, at once, invalid_input as TextGenerator::generate; what fails later is thrown
  ///   by the future.
  virtual std::future<Generation> submit(std::string_view prompt, GenerateOptions options,
                                         GenerationHooks hooks,
                                         std::function<void()> on_end = {}) = 0;
};

}  // namespace jnlp
