#include "llm/llamacpp_runtime.h"

#include <utility>

#include "base/error.h"
#include "base/stopwatch.h"
#include "llm/page_cache.h"
#include "report/process.h"

namespace jnlp {
namespace {

class LlamacppRuntime : public LlmRuntime {
 public:
  LlamacppRuntime(std::filesystem::path gguf, std::string name, const LlamaOptions& options)
      : gguf_(std::move(gguf)), name_(std::move(name)), options_(options) {}

  std::string method() const override { return "llamacpp"; }
  std::string model() const override { return name_; }
  std::string weights() const override { return gguf_.string(); }
  RuntimeLoad load() override;
  OrderedJson facts() const override;
  RuntimeAnswer generate(const RuntimeRequest& request) override;
  TextScorer* scorer() override;
  std::optional<int64_t> peak_memory() const override;
  std::optional<int64_t> device_memory() override;

 private:
  double timed_load();

  std::filesystem::path gguf_;
  std::string name_;
  LlamaOptions options_;
  std::unique_ptr<TextGenerator> generator_;
  std::unique_ptr<TextScorer> scorer_;
  bool peak_is_ours_ = false;
};

double LlamacppRuntime::timed_load() {
  generator_.reset();
  const Stopwatch stopwatch;
  generator_ = load_llama(gguf_, options_);
  generator_->generate(kLoadPrompt, {.max_tokens = 1}, {});
  return stopwatch.seconds();
}

RuntimeLoad LlamacppRuntime::load() {
  peak_is_ours_ = reset_peak_memory();
  RuntimeLoad load;
  if (drop_from_page_cache(gguf_)) {
    load.cold_seconds = timed_load();
  } else {
    timed_load();
    load.note = "cold: the system did not throw the file out of the page cache";
  }
  load.warm_seconds = timed_load();
  return load;
}

OrderedJson LlamacppRuntime::facts() const {
  return {{"description", generator_->description()},
          {"file", gguf_.string()},
          {"file_bytes", std::filesystem::file_size(gguf_)},
          {"context_size", generator_->context_size()},
          {"memory", peak_is_ours_ ? "of this process, weights mapped from the file included"
                                   : "of this process since it started"}};
}

RuntimeAnswer LlamacppRuntime::generate(const RuntimeRequest& request) {
  GenerateOptions options;
  options.max_tokens = request.max_tokens;
  options.stop = request.stop;
  const Stopwatch stopwatch;
  Generation generation;
  if (request.chat) {
    const ChatMessage message{"user", request.prompt};
    generation = generator_->chat({&message, 1}, options);
  } else {
    generation = generator_->generate(request.prompt, options, {});
  }
  RuntimeAnswer answer;
  answer.seconds = stopwatch.seconds();
  answer.text = std::move(generation.text);
  const GenerationStats& stats = generation.stats;
  answer.first_token_seconds = stats.first_token_seconds.value_or(answer.seconds);
  answer.prompt_tokens = stats.prompt_tokens;
  answer.reused_tokens = stats.reused_tokens;
  answer.generated_tokens = stats.generated_tokens;
  answer.prefill_seconds = stats.prefill_seconds;
  answer.decode_seconds = stats.decode_seconds;
  answer.decode_tokens = std::max<int64_t>(stats.generated_tokens - 1, 0);
  return answer;
}

// Of its own, with a memory of its own: made when it is asked for, so that it is not in the peak.
TextScorer* LlamacppRuntime::scorer() {
  if (!scorer_) scorer_ = load_llama_scorer(gguf_, options_);
  return scorer_.get();
}

std::optional<int64_t> LlamacppRuntime::peak_memory() const {
  const int64_t peak = memory_use().peak_resident;
  return peak < 0 ? std::nullopt : std::optional(peak);
}

std::optional<int64_t> LlamacppRuntime::device_memory() {
  return generator_->placement().on_gpu == 0 ? std::optional<int64_t>(0) : std::nullopt;
}

}  // namespace

std::unique_ptr<LlmRuntime> make_llamacpp_runtime(const std::filesystem::path& gguf,
                                                  const std::string& name,
                                                  const LlamaOptions& options) {
  if (!has_llama()) load_llama({});  // says so
  return std::make_unique<LlamacppRuntime>(gguf, name, options);
}

}  // namespace jnlp
