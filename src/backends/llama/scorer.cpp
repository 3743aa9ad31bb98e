#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "backends/llama/llama_backend.h"
#include "backends/llama/load.h"
#include "backends/llama/sampler.h"
#include "backends/llama/session.h"
#include "base/error.h"

namespace jnlp {
namespace {

constexpr int64_t kWindow = 512;  // of llama-perplexity when nothing is asked for

double log_softmax(std::span<const float> logits, llama_token token) {
  const float greatest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - greatest);
  return static_cast<double>(logits[static_cast<size_t>(token)] - greatest) - std::log(sum);
}

bool is_likeliest(std::span<const float> logits, llama_token token) {
  return greatest_index(logits) == static_cast<size_t>(token);
}

// What a perplexity is made of, token by token.
struct LossSums {
  double loss = 0;  // negative natural logarithms of probabilities
  double squares = 0;
  int64_t tokens = 0;
  int64_t bytes = 0;

  void add(double log_probability, size_t piece_bytes) {
    loss -= log_probability;
    squares += log_probability * log_probability;
    ++tokens;
    bytes += static_cast<int64_t>(piece_bytes);
  }

  Perplexity result(int64_t windows) const {
    Perplexity perplexity;
    const auto count = static_cast<double>(tokens);
    const double mean = loss / count;
    perplexity.value = std::exp(mean);
    const double variance = std::max(squares / count - mean * mean, 0.0);
    if (tokens > 1) {
      perplexity.standard_error = perplexity.value * std::sqrt(variance / (count - 1));
    }
    if (bytes > 0) perplexity.bits_per_byte = loss / std::numbers::ln2 / static_cast<double>(bytes);
    perplexity.tokens = tokens;
    perplexity.windows = windows;
    return perplexity;
  }
};

class LlamaScorer : public TextScorer {
 public:
  explicit LlamaScorer(LoadedLlama loaded)
      : model_(std::move(loaded.model)), session_(model_, loaded.context_size, loaded.threads) {}

  int64_t context_size() const override { return session_.context_size(); }
  TextScore score(std::string_view context, std::string_view continuation) override;
  Perplexity perplexity(std::string_view text, const PerplexityOptions& options) override;

 private:
  // The tokens of both texts, and how many of them are the context's.
  struct Pair {
    std::vector<llama_token> tokens;
    size_t context = 0;
  };
  Pair tokenize(std::string_view context, std::string_view continuation) const;
  void add_window(std::span<const llama_token> window, LossSums* sums);
  int64_t checked_window(int64_t asked) const;

  std::shared_ptr<const LlamaModel> model_;
  LlamaSession session_;
};

LlamaScorer::Pair LlamaScorer::tokenize(std::string_view context,
                                        std::string_view continuation) const {
  const size_t end = context.find_last_not_of(" \t\n\v\f\r");
  const std::string_view kept = context.substr(0, end == std::string_view::npos ? 0 : end + 1);
  Pair pair;
  pair.tokens = model_->tokenize(std::string(context) += continuation);
  pair.context = model_->tokenize(kept).size();
  if (pair.context == 0) {
    llama_token first = llama_vocab_bos(model_->vocab());
    if (first == LLAMA_TOKEN_NULL) first = llama_vocab_eos(model_->vocab());
    if (first == LLAMA_TOKEN_NULL) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("{} cannot score a text behind an empty context: it has no token for "
                              "the beginning of a text",
                              model_->name()));
    }
    pair.tokens.insert(pair.tokens.begin(), first);
    pair.context = 1;
  }
  if (pair.tokens.size() <= pair.context) {
    throw Error(ErrorCode::invalid_input, "the continuation adds no token to its context");
  }
  // The last token only has to be predicted.
  if (std::ssize(pair.tokens) - 1 > context_size()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("context and continuation have {} tokens, the model's context {}",
                            pair.tokens.size(), context_size()));
  }
  return pair;
}

TextScore LlamaScorer::score(std::string_view context, std::string_view continuation) {
  const Pair pair = tokenize(context, continuation);
  const std::span<const llama_token> tokens = pair.tokens;
  const auto before = tokens.first(pair.context);
  const auto kept = static_cast<size_t>(session_.keep_common_prefix(before));
  session_.read(before.first(before.size() - 1).subspan(kept), {});
  TextScore score;
  score.bytes = std::ssize(continuation);
  score.greedy = true;
  const auto predicted = tokens.subspan(before.size());
  session_.read_with_logits(
      tokens.subspan(before.size() - 1, predicted.size()),
      [&](size_t index, std::span<const float> logits) {
        const llama_token token = predicted[index];
        score.log_probabilities.push_back(static_cast<float>(log_softmax(logits, token)));
        score.greedy = score.greedy && is_likeliest(logits, token);
      });
  return score;
}

int64_t LlamaScorer::checked_window(int64_t asked) const {
  if (asked == 0) return std::min(kWindow, context_size());
  if (asked >= 4 && asked <= context_size()) return asked;
  throw Error(
      ErrorCode::invalid_input,
      fmt::format("a window of {} tokens was asked for; it must be from 4 to the context's {}",
                  asked, context_size()));
}

// The first token of a window becomes the one that begins a text, if the model is used to it.
void LlamaScorer::add_window(std::span<const llama_token> window, LossSums* sums) {
  std::vector<llama_token> tokens(window.begin(), window.end());
  if (llama_vocab_get_add_bos(model_->vocab())) tokens[0] = llama_vocab_bos(model_->vocab());
  const std::span<const llama_token> all = tokens;
  const size_t half = all.size() / 2;
  session_.forget();
  session_.read(all.first(half), {});
  session_.read_with_logits(all.subspan(half, all.size() - half - 1),
                            [&](size_t index, std::span<const float> logits) {
                              const llama_token token = all[half + index + 1];
                              sums->add(log_softmax(logits, token), model_->piece(token).size());
                            });
}

Perplexity LlamaScorer::perplexity(std::string_view text, const PerplexityOptions& options) {
  const int64_t window = checked_window(options.window);
  const std::vector<llama_token> tokens = model_->tokenize(text, LlamaModel::SpecialNames::text);
  const int64_t windows = std::ssize(tokens) / window;
  if (windows == 0) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("the text has {} tokens; a perplexity needs a window of {}",
                            tokens.size(), window));
  }
  LossSums sums;
  for (int64_t i = 0; i < windows; ++i) {
    add_window(
        std::span(tokens).subspan(static_cast<size_t>(i * window), static_cast<size_t>(window)),
        &sums);
    if (options.on_window) options.on_window(i + 1, windows);
  }
  session_.forget();
  return sums.result(windows);
}

}  // namespace

std::unique_ptr<TextScorer> load_llama_scorer(const std::filesystem::path& gguf,
                                              const LlamaOptions& options) {
  return std::make_unique<LlamaScorer>(load_llama_model(gguf, options));
}

}  // namespace jnlp
