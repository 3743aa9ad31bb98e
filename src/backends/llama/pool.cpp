#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "backends/llama/batch_session.h"
#include "backends/llama/llama_backend.h"
#include "backends/llama/load.h"
#include "backends/llama/sampler.h"
#include "backends/llama/slot.h"
#include "base/error.h"

namespace jnlp {
namespace {

// Tokens of prompts in a batch in which others write: more of them read prompts faster and let the
// others wait longer for each token.
constexpr int64_t kPromptBesideWriting = 64;
constexpr int kMostSlots = 64;

class LlamaPool : public TextGenerationPool {
 public:
  LlamaPool(LoadedLlama loaded, int slots);
  ~LlamaPool() override;

  std::string description() const override;
  int64_t context_size() const override { return context_size_; }
  int slots() const override { return static_cast<int>(slots_.size()); }
  int64_t count_tokens(std::string_view prompt) const override {
    return std::ssize(model_->tokenize(prompt));
  }
  std::string apply_chat_template(std::span<const ChatMessage> messages) const override {
    return model_->apply_chat_template(messages);
  }
  std::future<Generation> submit(std::string_view prompt, GenerateOptions options,
                                 GenerationHooks hooks, std::function<void()> on_end) override;

 private:
  void work();
  bool wait_for_work();
  void end_cancelled();
  void admit();
  LlamaSlot* best_idle_slot(std::span<const llama_token> prompt);
  void fill_batch();
  void run_batch();
  void end_all();
  bool any(bool (LlamaSlot::*is)() const) const {
    return std::any_of(slots_.begin(), slots_.end(),
                       [&](const LlamaSlot& slot) { return (slot.*is)(); });
  }

  std::shared_ptr<const LlamaModel> model_;
  int64_t context_size_;
  // Of the worker alone, once it runs.
  LlamaBatchSession session_;
  std::vector<LlamaSlot> slots_;
  int64_t round_ = 0;

  std::mutex mutex_;
  std::condition_variable work_came_;
  std::deque<std::unique_ptr<LlamaRequest>> waiting_;  // guarded by mutex_
  std::atomic<bool> stopping_ = false;
  std::thread worker_;
};

LlamaPool::LlamaPool(LoadedLlama loaded, int slots)
    : model_(std::move(loaded.model)),
      context_size_(loaded.context_size),
      session_(model_, slots, context_size_, loaded.threads) {
  for (int i = 0; i < slots; ++i) slots_.emplace_back(i, context_size_);
  worker_ = std::thread([this] { work(); });
}

LlamaPool::~LlamaPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_came_.notify_all();
  worker_.join();
}

std::string LlamaPool::description() const {
  return fmt::format("llama.cpp, {}, {} contexts of {}, {} thread{}, {}", model_->description(),
                     slots_.size(), context_size_, session_.threads(),
                     session_.threads() == 1 ? "" : "s", model_->placement_text());
}

std::future<Generation> LlamaPool::submit(std::string_view prompt, GenerateOptions options,
                                          GenerationHooks hooks, std::function<void()> on_end) {
  check_options(options);
  auto request = std::make_unique<LlamaRequest>(std::move(options));
  request->prompt = model_->tokenize_prompt(prompt, context_size_);
  request->sampler = make_llama_sampler(model_->vocab(), request->options, request->prompt);
  request->hooks = std::move(hooks);
  request->on_end = std::move(on_end);
  std::future<Generation> result = request->promise.get_future();
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(request));
  }
  work_came_.notify_one();
  return result;
}

void LlamaPool::work() {
  while (wait_for_work()) {
    ++round_;
    end_cancelled();
    admit();
    fill_batch();
    run_batch();
  }
  end_all();
}

bool LlamaPool::wait_for_work() {
  std::unique_lock lock(mutex_);
  work_came_.wait(lock, [&] {
    return stopping_ || !waiting_.empty() ||
           !std::all_of(slots_.begin(), slots_.end(), [](const auto& slot) { return slot.idle(); });
  });
  return !stopping_;
}

void LlamaPool::end_cancelled() {
  for (LlamaSlot& slot : slots_) slot.end_if_cancelled(round_);
  std::vector<std::unique_ptr<LlamaRequest>> gone;
  {
    // The hooks of those that wait are asked under the lock: they are to be quick.
    const std::lock_guard lock(mutex_);
    const auto first =
        std::stable_partition(waiting_.begin(), waiting_.end(),
                              [](const auto& request) { return !request->cancelled(); });
    std::move(first, waiting_.end(), std::back_inserter(gone));
    waiting_.erase(first, waiting_.end());
  }
  for (const auto& request : gone) request->finish(FinishReason::cancelled);
}

// First come, first served.
void LlamaPool::admit() {
  while (any(&LlamaSlot::idle)) {
    std::unique_ptr<LlamaRequest> request;
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.empty()) return;
      request = std::move(waiting_.front());
      waiting_.pop_front();
    }
    LlamaSlot* slot = best_idle_slot(request->prompt);
    slot->begin(std::move(request), &session_);
  }
}

// The one that has most of the prompt in memory; of equals the one that was idle longest, so that
// what others have in memory stays as long as it can.
LlamaSlot* LlamaPool::best_idle_slot(std::span<const llama_token> prompt) {
  LlamaSlot* best = nullptr;
  int64_t best_prefix = 0;
  for (LlamaSlot& slot : slots_) {
    if (!slot.idle()) continue;
    const int64_t prefix = slot.common_prefix(prompt);
    if (best == nullptr || prefix > best_prefix ||
        (prefix == best_prefix && slot.idle_since() < best->idle_since())) {
      best = &slot;
      best_prefix = prefix;
    }
  }
  return best;
}

// A token of everyone who writes, and equal shares of the prompts, so that a short one does not
// wait for a long one.
void LlamaPool::fill_batch() {
  const bool writing = any(&LlamaSlot::writes);
  for (LlamaSlot& slot : slots_) {
    if (slot.writes()) slot.add_chosen(&session_);
  }
  const int64_t free = LlamaBatchSession::kMostTokens - session_.tokens();
  int64_t budget = writing ? std::min(kPromptBesideWriting, free) : free;
  std::vector<LlamaSlot*> readers;
  for (LlamaSlot& slot : slots_) {
    if (slot.reads_prompt()) readers.push_back(&slot);
  }
  // From the shortest rest on, so that what one does not need is left to the others.
  std::sort(readers.begin(), readers.end(),
            [](const LlamaSlot* a, const LlamaSlot* b) { return a->unread() < b->unread(); });
  for (size_t i = 0; i < readers.size(); ++i) {
    const int64_t others = std::ssize(readers) - static_cast<int64_t>(i);
    const int64_t share = std::min((budget + others - 1) / others, readers[i]->unread());
    readers[i]->add_prompt(share, &session_);
    budget -= share;
  }
}

void LlamaPool::run_batch() {
  if (session_.tokens() == 0) return;
  try {
    if (!session_.compute(stopping_)) return;  // and end_all() follows
  } catch (...) {
    for (LlamaSlot& slot : slots_) {
      if (!slot.idle()) slot.fail(std::current_exception(), &session_, round_);
    }
    return;
  }
  for (LlamaSlot& slot : slots_) slot.advance(*model_, &session_, round_);
}

void LlamaPool::end_all() {
  for (LlamaSlot& slot : slots_) {
    if (!slot.idle()) slot.end(FinishReason::cancelled, round_);
  }
  const std::lock_guard lock(mutex_);
  for (const auto& request : waiting_) request->finish(FinishReason::cancelled);
  waiting_.clear();
}

}  // namespace

std::unique_ptr<TextGenerationPool> load_llama_pool(const std::filesystem::path& gguf,
                                                    const LlamaOptions& options, int slots) {
  if (slots < 1 || slots > kMostSlots) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} slots were asked for; there can be 1 to {}", slots, kMostSlots));
  }
  return std::make_unique<LlamaPool>(load_llama_model(gguf, options, slots), slots);
}

}  // namespace jnlp
