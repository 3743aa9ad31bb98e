#include <fmt/format.h>

#include <utility>

#include "backends/llama/llama_backend.h"
#include "backends/llama/load.h"
#include "backends/llama/model.h"
#include "backends/llama/sampler.h"
#include "backends/llama/session.h"
#include "backends/llama/transcript.h"
#include "backends/text_stream.h"
#include "base/error.h"
#include "base/stopwatch.h"

namespace jnlp {
namespace {

class LlamaGenerator : public TextGenerator {
 public:
  LlamaGenerator(std::shared_ptr<const LlamaModel> model, int64_t context_size, int threads)
      : model_(std::move(model)), session_(model_, context_size, threads) {}

  std::string description() const override {
    return fmt::format("llama.cpp, {}, context {}, {} thread{}, {}", model_->description(),
                       session_.context_size(), session_.threads(),
                       session_.threads() == 1 ? "" : "s", model_->placement_text());
  }
  LayerPlacement placement() const override { return model_->placement(); }
  int64_t context_size() const override { return session_.context_size(); }
  int64_t count_tokens(std::string_view prompt) const override {
    return static_cast<int64_t>(model_->tokenize(prompt).size());
  }
  std::string apply_chat_template(std::span<const ChatMessage> messages) const override {
    return model_->apply_chat_template(messages);
  }
  Generation generate(std::string_view prompt, const GenerateOptions& options,
                      const GenerationHooks& hooks) override;
  void forget() override {
    session_.forget();
    transcript_ = {};
  }

 private:
  bool prefill(std::span<const llama_token> prompt, const GenerationHooks& hooks,
               GenerationStats* stats);
  FinishReason decode(llama_sampler* sampler, const GenerateOptions& options,
                      const GenerationHooks& hooks, const Stopwatch& clock, TextStream* stream,
                      GenerationStats* stats);

  std::shared_ptr<const LlamaModel> model_;
  LlamaSession session_;
  LlamaTranscript transcript_;
};

void tell(const GenerationHooks& hooks, const std::string& piece) {
  if (hooks.on_text && !piece.empty()) hooks.on_text(piece);
}

bool is_cancelled(const GenerationHooks& hooks) {
  return hooks.cancelled && hooks.cancelled();
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
    const std::string piece = model_->piece(token);
    transcript_.add(token, piece);
    tell(hooks, stream->push(piece));
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
  const std::vector<llama_token> tokens =
      transcript_.tokenize_prompt(*model_, prompt, context_size());
  const LlamaSamplerHandle sampler = make_llama_sampler(model_->vocab(), options, tokens);
  transcript_.begin(prompt, tokens);
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
  LoadedLlama loaded = load_llama_model(gguf, options);
  return std::make_unique<LlamaGenerator>(std::move(loaded.model), loaded.context_size,
                                          loaded.threads);
}

}  // namespace jnlp
