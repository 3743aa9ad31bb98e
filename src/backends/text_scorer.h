#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace jnlp {

/// How likely a model finds a text behind another one.
struct TextScore {
  std::vector<float> log_probabilities;  ///< natural logarithms, one per token of the text
  int64_t bytes = 0;                     ///< of the text as it was given
  bool greedy = false;                   ///< each token was the likeliest one

  /// The natural logarithm of the probability of the whole text.
  double log_probability() const;
};

/// How well a model predicts a text.
struct Perplexity {
  double value = 0;           ///< e to the mean negative log-probability of a token
  double standard_error = 0;  ///< of `value`, as if tokens were independent
  double bits_per_byte = 0;   ///< of the scored tokens; comparable between vocabularies
  int64_t tokens = 0;         ///< that were scored
  int64_t windows = 0;
};

/// How a perplexity is measured.
struct PerplexityOptions {
  int64_t window = 0;  ///< tokens; 0: 512, or the context where that is shorter
  /// Called after every window with the windows done and all of them. It must not throw.
  std::function<void(int64_t done, int64_t all)> on_window = {};
};

/// A loaded language model that says how likely texts are. One call at a time.
class TextScorer {
 public:
  virtual ~TextScorer() = default;

  /// Tokens that context and continuation may have together.
  virtual int64_t context_size() const = 0;

  /// Scores the tokens of `continuation` behind `context`, in both of which the names of special
  /// tokens mean those tokens. As in lm-evaluation-harness (`_encode_pair`): white space at the end
  /// of the context is moved to the continuation, whose tokens are those of both texts together
  /// without as many as the context alone has; an empty context is the model's token for the
  /// beginning of a text, or for its end where it has none for the beginning. What the last context
  /// had in common with this one is not read again.
  /// @throws Error invalid_input for damaged UTF-8, a continuation that adds no token, or texts
  ///   that do not fit the context; internal when the model cannot be computed.
  virtual TextScore score(std::string_view context, std::string_view continuation) = 0;

  /// As llama.cpp's llama-perplexity: whole windows of the text one after another, in each of which
  /// the tokens behind the first half are scored; the rest behind the last window is left out.
  /// Names of special tokens in it are text.
  /// @throws Error invalid_input for damaged UTF-8, a window that does not fit the context, or a
  ///   text shorter than a window; internal when the model cannot be computed.
  virtual Perplexity perplexity(std::string_view text, const PerplexityOptions& options) = 0;
  Perplexity perplexity(std::string_view text) { return perplexity(text, {}); }
};

}  // namespace jnlp
