#include "backends/llama/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "backends/llama/log.h"
#include "backends/llama/sampler.h"
#include "base/error.h"

namespace jnlp {
LlamaSession::LlamaSession(std::shared_ptr<const LlamaModel> model, int64_t context_size,
                           int threads)
    : model_(std::move(model)), context_size_(context_size), threads_(threads) {
  llama_context_params params = llama_context_default_params();
  params.n_ctx = static_cast<uint32_t>(context_size);
  params.n_batch = kPromptBatch;
  params.n_ubatch = kPromptBatch;
  params.n_seq_max = 1;
  params.n_threads = threads;
  params.n_threads_batch = threads;
  params.no_perf = true;
  params.flash_attn_type = model_->attention_type();
  params.abort_callback = [](void* self) {
    const auto* cancelled = static_cast<const LlamaSession*>(self)->cancelled_;
    return cancelled != nullptr && (*cancelled)();
  };
  params.abort_callback_data = this;
  take_llama_error();
  context_.reset(llama_init_from_model(model_->get(), params));
  if (!context_) {
    throw Error(ErrorCode::unsupported,
                fmt::format("cannot make a context of {} tokens for {}: {}; try a shorter one",
                            context_size, model_->name(), take_llama_error()));
  }
  compute_threads_.use(context_.get(), threads);
}

int64_t LlamaSession::keep_common_prefix(std::span<const llama_token> prompt) {
  const auto [end, unused] =
      std::mismatch(prompt.begin(), prompt.end(), read_.begin(), read_.end());
  // The last token is always read: what follows it is computed then.
  const auto common = std::min(static_cast<size_t>(end - prompt.begin()), prompt.size() - 1);
  cut_to(common);
  return tokens();
}

bool LlamaSession::read(std::span<const llama_token> tokens,
                        const std::function<bool()>& cancelled) {
  cancelled_ = cancelled ? &cancelled : nullptr;
  bool done = true;
  while (done && !tokens.empty()) {
    const auto part = tokens.first(std::min(tokens.size(), size_t{kPromptBatch}));
    done = decode(part);
    tokens = tokens.subspan(part.size());
  }
  cancelled_ = nullptr;
  return done;
}

void LlamaSession::read_with_logits(
    std::span<const llama_token> tokens,
    const std::function<void(size_t index, std::span<const float> logits)>& take) {
  // The logits of a vocabulary of 256k tokens take 1 MB.
  constexpr size_t kOutputs = 256;
  static_assert(kOutputs <= kPromptBatch);
  const auto vocabulary = static_cast<size_t>(llama_vocab_n_tokens(model_->vocab()));
  std::vector<int8_t> outputs(std::min(tokens.size(), kOutputs), 1);
  for (size_t begin = 0; begin < tokens.size(); begin += kOutputs) {
    const auto part = tokens.subspan(begin, std::min(tokens.size() - begin, kOutputs));
    decode(part, outputs.data());
    for (size_t i = 0; i < part.size(); ++i) {
      const float* logits = llama_get_logits_ith(context_.get(), static_cast<int32_t>(i));
      if (logits == nullptr) throw Error(ErrorCode::internal, "llama.cpp gave no logits");
      take(begin + i, {logits, vocabulary});
    }
  }
}

bool LlamaSession::decode(std::span<const llama_token> tokens, int8_t* outputs) {
  constexpr int32_t kAborted = 2;
  // llama.cpp does not write to the tokens.
  auto* first = const_cast<llama_token*>(tokens.data());
  llama_batch batch = llama_batch_get_one(first, static_cast<int32_t>(tokens.size()));
  batch.logits = outputs;
  const int32_t result = llama_decode(context_.get(), batch);
  if (result == 0) {
    read_.insert(read_.end(), tokens.begin(), tokens.end());
    return true;
  }
  cut_to(read_.size());  // a part may have been computed
  if (result == kAborted) return false;
  throw Error(ErrorCode::internal, fmt::format("llama.cpp cannot compute {} (llama_decode: {}): {}",
                                               model_->name(), result, take_llama_error()));
}

llama_token LlamaSession::sample(llama_sampler* sampler) {
  return choose_llama_token(sampler, context_.get(), -1);
}

void LlamaSession::cut_to(size_t tokens) {
  // Models with a recurrent state cannot go back: they begin again.
  const auto position = static_cast<llama_pos>(tokens);
  if (!llama_memory_seq_rm(llama_get_memory(context_.get()), 0, position, -1)) return forget();
  read_.resize(tokens);
}

void LlamaSession::forget() {
  llama_memory_clear(llama_get_memory(context_.get()), false);
  read_.clear();
}

}  // namespace jnlp
