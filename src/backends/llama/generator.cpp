#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "backends/llama/cpu_check.h"
#include "backends/llama/llama_backend.h"
#include "backends/llama/log.h"
#include "backends/llama/model.h"
#include "backends/llama/sampler.h"
#include "backends/llama/session.h"
#include "backends/text_stream.h"
#include "base/cpu_budget.h"
#include "base/error.h"
#include "base/stopwatch.h"

namespace jnlp {
namespace {

constexpr int64_t kDefaultContext = 4096;

int64_t checked_context(const LlamaModel& model, int64_t asked) {
  const int64_t trained = model.trained_context();
  if (asked == 0) return std::min(trained, kDefaultContext);
  if (asked > 0 && asked <= trained) return asked;
  throw Error(ErrorCode::invalid_input,
              fmt::format("a context of {} tokens was asked for; {} was trained for 1 to {}", asked,
                          model.name(), trained));
}

class LlamaGenerator : public TextGenerator {
 public:
  LlamaGenerator(std::shared_ptr<const LlamaModel> model, int64_t context_size, int threads)
      : model_(std::move(model)), session_(model_, context_size, threads) {}

  std::string description() const override {
    return fmt::format("llama.cpp, {}, context {}, {} thread{}", model_->description(),
                       session_.context_size(), session_.threads(),
                       session_.threads() == 1 ? "" : "s");
  }
  int64_t context_size() const override { return session_.context_size(); }
  int64_t count_tokens(std::string_view prompt) const override {
    return static_cast<int64_t>(model_->tokenize(prompt).size());
  }
  std::string apply_chat_template(std::span<const ChatMessage> messages) const override {
    return model_->apply_chat_template(messages);
  }
  Generation generate(std::string_view prompt, const GenerateOptions& options,
                      const GenerationHooks& hooks) override;
  void forget() override { session_.forget(); }

 private:
  std::vector<llama_token> checked_prompt(std::string_view prompt) const;
  bool prefill(std::span<const llama_token> prompt, const GenerationHooks& hooks,
               GenerationStats* stats);
  FinishReason decode(llama_sampler* sampler, const GenerateOptions& options,
                      const GenerationHooks& hooks, const Stopwatch& clock, TextStream* stream,
                      GenerationStats* stats);

  std::shared_ptr<const LlamaModel> model_;
  LlamaSession session_;
};

void tell(const GenerationHooks& hooks, const std::string& piece) {
  if (hooks.on_text && !piece.empty()) hooks.on_text(piece);
}

bool is_cancelled(const GenerationHooks& hooks) {
  return hooks.cancelled && hooks.cancelled();
}

std::vector<llama_token> LlamaGenerator::checked_prompt(std::string_view prompt) const {
  std::vector<llama_token> tokens = model_->tokenize(prompt);
  if (tokens.empty()) throw Error(ErrorCode::invalid_input, "the prompt is empty");
  if (std::ssize(tokens) > context_size()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("the prompt has {} tokens and the context {}; shorten it, or ask for a "
                            "longer context (the model was trained for {})",
                            tokens.size(), context_size(), model_->trained_context()));
  }
  return tokens;
}

bool LlamaGenerator::prefill(std::span<const llama_token> prompt, const GenerationHooks& hooks,
                             GenerationStats* stats) {
  const Stopwatch clock;
  stats->prompt_tokens = std::ssize(prompt);
  stats->reused_tokens = session_.keep_common_prefix(prompt);
  const bool done =
      session_.read(prompt.subspan(static_cast<size_t>(stats->reused_tokens)), hooks.cancelled);
  stats->prefill_seconds = clock.seconds();
  return done;
}

FinishReason LlamaGenerator::decode(llama_sampler* sampler, const GenerateOptions& options,
                                    const GenerationHooks& hooks, const Stopwatch& clock,
                                    TextStream* stream, GenerationStats* stats) {
  while (stats->generated_tokens < options.max_tokens) {
    if (is_cancelled(hooks)) return FinishReason::cancelled;
    const llama_token token = session_.sample(sampler);
    ++stats->generated_tokens;
    const double now = clock.seconds();
    if (!stats->first_token_seconds) stats->first_token_seconds = now;
    stats->decode_seconds = now - *stats->first_token_seconds;
    if (model_->ends_text(token)) return FinishReason::end_of_text;
    tell(hooks, stream->push(model_->piece(token)));
    if (stream->stopped()) return FinishReason::stop_string;
    if (stats->generated_tokens == options.max_tokens) break;
    if (session_.full()) return FinishReason::context_full;
    if (!session_.read({&token, 1}, hooks.cancelled)) return FinishReason::cancelled;
  }
  return FinishReason::max_tokens;
}

Generation LlamaGenerator::generate(std::string_view prompt, const GenerateOptions& options,
                                    const GenerationHooks& hooks) {
  const Stopwatch clock;
  check_options(options);
  const std::vector<llama_token> tokens = checked_prompt(prompt);
  const LlamaSamplerHandle sampler = make_llama_sampler(model_->vocab(), options, tokens);
  Generation result;
  TextStream stream(options.stop);
  result.finish_reason = FinishReason::cancelled;
  if (prefill(tokens, hooks, &result.stats)) {
    result.finish_reason = decode(sampler.get(), options, hooks, clock, &stream, &result.stats);
  }
  tell(hooks, stream.finish());
  result.text = stream.text();
  return result;
}

}  // namespace

bool has_llama() {
  return true;
}

std::unique_ptr<TextGenerator> load_llama(const std::filesystem::path& gguf,
                                          const LlamaOptions& options) {
  check_llama_cpu();
  start_llama();
  auto model = std::make_shared<const LlamaModel>(gguf, options.gpu_layers);
  const int64_t context = checked_context(*model, options.context_size);
  const int threads = options.threads > 0 ? options.threads : available_threads();
  return std::make_unique<LlamaGenerator>(std::move(model), context, threads);
}

}  // namespace jnlp
