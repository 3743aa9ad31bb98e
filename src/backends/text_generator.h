#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jnlp {

/// One message of a conversation.
struct ChatMessage {
  std::string role;  ///< "system", "user" or "assistant"
  std::string content;
};

/// How a text is continued. The defaults are greedy: the same prompt gives the same text.
struct GenerateOptions {
  int64_t max_tokens = 256;  ///< 0 reads the prompt and generates nothing
  float temperature = 0;     ///< 0: always the likeliest token; what follows then has no effect
  int top_k = 40;            ///< draw from this many likeliest tokens; 0: all
  float top_p = 0.95F;       ///< draw from the likeliest that have this probability together
  float min_p = 0.05F;       ///< leave out what is less likely than this part of the likeliest
  uint32_t seed = 0;         ///< the same seed draws the same text; 4294967295: another each time
  float repeat_penalty = 1;  ///< > 1: tokens of the last 64 become less likely; greedy too
  std::vector<std::string> stop = {};  ///< ends before any of these; they are not part of the text
  std::string grammar = {};      ///< GBNF with the rule "root" that the text must follow; "": free
  std::string json_schema = {};  ///< the text is JSON that satisfies this (json_schema_grammar.h)
};

/// Why a generation ended.
enum class FinishReason {
  end_of_text,   ///< the model said so
  stop_string,   ///< one of GenerateOptions::stop
  max_tokens,    ///< GenerateOptions::max_tokens
  context_full,  ///< no room is left for another token
  cancelled,     ///< by the caller
};

/// For example "end_of_text".
std::string_view to_string(FinishReason reason);

/// What a generation cost.
struct GenerationStats {
  int64_t prompt_tokens = 0;     ///< of the whole prompt
  int64_t reused_tokens = 0;     ///< of them, those still in memory from the call before
  int64_t generated_tokens = 0;  ///< with the one that ended the text
  double prefill_seconds = 0;    ///< reading the prompt's tokens that were not in memory
  double decode_seconds = 0;     ///< from the first token to the last
  std::optional<double> first_token_seconds;  ///< from the call to the first token

  /// 0 when nothing was read.
  double prefill_tokens_per_second() const;
  /// The tokens after the first, which the prefill computes. 0 when there are none.
  double decode_tokens_per_second() const;
};

/// A text and how it came about.
struct Generation {
  std::string text;  ///< well-formed UTF-8
  FinishReason finish_reason = FinishReason::end_of_text;
  GenerationStats stats;
};

/// Where the layers of a model are; the matrix that tokens are chosen with counts as one.
struct LayerPlacement {
  int64_t layers = 0;    ///< of the model; 0 when that is not known
  int64_t on_gpu = 0;    ///< of them; the others are computed by the CPU
  std::string gpu = {};  ///< its name, for example "CUDA0"; empty when there are none
};

/// What the caller of a generation hears while it runs, and how it ends it early. Both may be
/// empty.
struct GenerationHooks {
  /// The next piece of the text: whole UTF-8 characters, never a part of a stop string.
  std::function<void(std::string_view)> on_text = {};
  /// Asked before every token and while the prompt is read, from any thread of the backend: true
  /// ends the generation with what there is. It must be quick and must not throw.
  std::function<bool()> cancelled = {};
};

/// A loaded language model with the memory of one conversation: when a prompt begins as the last
/// one did, that part is not read again. One call at a time.
class TextGenerator {
 public:
  virtual ~TextGenerator() = default;

  /// One line for people: what model, how large, on what.
  virtual std::string description() const = 0;
  virtual LayerPlacement placement() const { return {}; }
  /// Tokens that prompt and answer may have together.
  virtual int64_t context_size() const = 0;
  /// Tokens of a prompt, as generate() counts them.
  virtual int64_t count_tokens(std::string_view prompt) const = 0;

  /// The prompt that the model was trained to see for these messages, up to where its answer
  /// begins.
  /// @throws Error unsupported when the model has no chat template, or one that is not known;
  ///   invalid_input for no messages.
  virtual std::string apply_chat_template(std::span<const ChatMessage> messages) const = 0;

  /// Continues `prompt`, in which the names of special tokens mean those tokens.
  /// @throws Error invalid_input for options out of range, an empty prompt, or one that does not
  ///   fit the context (both sizes are named); internal when the model cannot be computed.
  virtual Generation generate(std::string_view prompt, const GenerateOptions& options,
                              const GenerationHooks& hooks) = 0;

  /// The answer to a conversation. @throws Error as apply_chat_template and generate.
  Generation chat(std::span<const ChatMessage> messages, const GenerateOptions& options,
                  const GenerationHooks& hooks = {});

  /// Forgets the last prompt, so that the next one is read from its beginning.
  virtual void forget() = 0;
};

/// @throws Error invalid_input for the first option that is out of range, with its range.
void check_options(const GenerateOptions& options);

}  // namespace jnlp
