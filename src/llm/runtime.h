#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/text_generator.h"
#include "backends/text_scorer.h"
#include "base/json.h"

namespace jnlp {

/// What a runtime is asked to continue, always by the likeliest token.
struct RuntimeRequest {
  std::string prompt;
  bool chat = false;  ///< the prompt is a user's message, put into the model's chat template
  int64_t max_tokens = 64;
  std::vector<std::string> stop = {};
};

/// What a runtime answered. Times are ours, from the call, on a clock of the wall; counts are the
/// runtime's own, in tokens and never in pieces of a stream.
struct RuntimeAnswer {
  std::string text;
  double seconds = 0;              ///< to the end
  double first_token_seconds = 0;  ///< to the first text; `seconds` when there was none
  int64_t prompt_tokens = -1;      ///< -1 where the runtime does not say
  int64_t generated_tokens = -1;   ///< with the one that ended the text; -1 as above
  // What the runtime says of itself; absent where it does not.
  std::optional<double> prefill_seconds;
  std::optional<double> decode_seconds;  ///< of generated_tokens - 1, or of all: decode_tokens
  int64_t decode_tokens = -1;            ///< that decode_seconds is the time of
  int64_t reused_tokens = 0;             ///< of the prompt, not read again
};

/// What load() lets a model continue by one token, so that all of it was in use.
inline constexpr const char* kLoadPrompt = "Once upon a time";

/// How long loading a model took, from nothing of it in memory to the first token behind
/// kLoadPrompt. Absent: not measured, for the reason that `note` gives.
struct RuntimeLoad {
  std::optional<double> cold_seconds;  ///< with the model's file thrown out of the page cache
  std::optional<double> warm_seconds;
  std::string note;
};

/// A way to run a language model: in this process, in a child, or behind a server. One call at a
/// time. Every function throws Error: not_found for a server or program that is not there, with
/// what to install or start; io for one that went away; invalid_input for what it refused.
class LlmRuntime {
 public:
  virtual ~LlmRuntime() = default;

  /// As named on the command line, for example "llamacpp".
  virtual std::string method() const = 0;
  /// Loads the model, twice where that can be measured, and leaves it loaded.
  virtual RuntimeLoad load() = 0;
  /// The model and where it came from, in one line. After load().
  virtual std::string model() const = 0;
  /// The same text for two runtimes that run the same weights: their file, or the name that they
  /// are loaded by; empty where that is not known, as behind a server that only names them.
  virtual std::string weights() const { return {}; }
  /// Versions, devices, types of weights: what else a reader of the figures must know.
  virtual OrderedJson facts() const = 0;
  virtual RuntimeAnswer generate(const RuntimeRequest& request) = 0;
  /// To score texts with; nullptr where the runtime gives no log-probabilities. Owned by this.
  virtual TextScorer* scorer() { return nullptr; }
  /// Highest resident bytes since load() began of the processes that compute, children included;
  /// absent when they are on another machine or not to be found.
  virtual std::optional<int64_t> peak_memory() const = 0;
  /// Bytes that the model takes on GPUs; 0 when it is not on one, absent when that is not known.
  virtual std::optional<int64_t> device_memory() { return std::nullopt; }
};

}  // namespace jnlp
