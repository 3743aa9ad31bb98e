#include "backends/llama/batch_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "backends/llama/log.h"
#include "backends/llama/sampler.h"
#include "base/cpu_budget.h"
#include "base/cpu_share.h"
#include "base/error.h"

namespace jnlp {

LlamaBatchSession::LlamaBatchSession(std::shared_ptr<const LlamaModel> model, int sequences,
                                     int64_t context_size, int threads)
    : model_(std::move(model)),
      sequences_(sequences),
      threads_(threads),
      cpus_(available_threads()),
      choice_(threads),
      batch_(kMostTokens) {
  llama_context_params params = llama_context_default_params();
  params.n_ctx = static_cast<uint32_t>(context_size * sequences);
  params.n_batch = kMostTokens;
  params.n_ubatch = kMostTokens;
  params.n_seq_max = static_cast<uint32_t>(sequences);
  params.kv_unified = false;  // a sequence attends to its own tokens and to nothing masked
  params.n_threads = threads;
  params.n_threads_batch = threads;
  params.no_perf = true;
  params.flash_attn_type = model_->attention_type();
  params.abort_callback = [](void* self) {
    const auto* stop = static_cast<const LlamaBatchSession*>(self)->stop_;
    return stop != nullptr && stop->load();
  };
  params.abort_callback_data = this;
  take_llama_error();
  context_.reset(llama_init_from_model(model_->get(), params));
  if (!context_) {
    throw Error(ErrorCode::unsupported,
                fmt::format("cannot make {} contexts of {} tokens for {}: {}; try fewer or shorter "
                            "ones",
                            sequences, context_size, model_->name(), take_llama_error()));
  }
  compute_threads_.use(context_.get(), threads);
}

int32_t LlamaBatchSession::add(llama_token token, int64_t position, int sequence, bool output) {
  llama_batch& batch = batch_.get();
  const int32_t place = batch.n_tokens++;
  batch.token[place] = token;
  batch.pos[place] = static_cast<llama_pos>(position);
  batch.n_seq_id[place] = 1;
  batch.seq_id[place][0] = sequence;
  batch.logits[place] = output ? 1 : 0;
  return place;
}

bool LlamaBatchSession::compute(const std::atomic<bool>& stop) {
  constexpr int32_t kAborted = 2;
  const int32_t result = decode(stop);
  if (result == 0) return true;
  if (result == kAborted) return false;
  throw Error(ErrorCode::internal, fmt::format("llama.cpp cannot compute {} (llama_decode: {}): {}",
                                               model_->name(), result, take_llama_error()));
}

int32_t LlamaBatchSession::decode(const std::atomic<bool>& stop) {
  const CpuShare at_work(choice_.best());
  const uint64_t begun = CpuShare::begun();
  const int share = CpuShare::of(threads_, cpus_);
  // It learns from steps of a kind, a few tokens each, that no other work of ours disturbs.
  const bool may_teach = share == threads_ && tokens() <= sequences_;
  const llama_batch batch = batch_.get();  // whatever happens, the next is another one
  batch_.get().n_tokens = 0;
  compute_threads_.use(context_.get(),
                       may_teach ? choice_.next() : std::min(share, choice_.best()));
  const auto begin = std::chrono::steady_clock::now();
  stop_ = &stop;
  const int32_t result = llama_decode(context_.get(), batch);
  stop_ = nullptr;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  if (may_teach && result == 0 && CpuShare::begun() == begun) {
    choice_.took(took.count());
  } else if (may_teach) {
    choice_.disturbed();
  }
  return result;
}

llama_token LlamaBatchSession::sample(llama_sampler* sampler, int32_t place) {
  return choose_llama_token(sampler, context_.get(), place);
}

bool LlamaBatchSession::cut(int sequence, int64_t position) {
  const llama_memory_t memory = llama_get_memory(context_.get());
  if (llama_memory_seq_rm(memory, sequence, static_cast<llama_pos>(position), -1)) return true;
  llama_memory_seq_rm(memory, sequence, -1, -1);
  return false;
}

}  // namespace jnlp
