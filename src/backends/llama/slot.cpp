#include "backends/llama/slot.h"

#include <algorithm>
#include <utility>

namespace jnlp {

void LlamaRequest::tell(const std::string& piece) const {
  if (hooks.on_text && !piece.empty()) hooks.on_text(piece);
}

void LlamaRequest::finish(FinishReason reason) {
  tell(stream.finish());
  Generation result;
  result.text = stream.text();
  result.finish_reason = reason;
  result.stats = stats;
  promise.set_value(std::move(result));
  if (on_end) on_end();
}

void LlamaRequest::fail(std::exception_ptr error) {
  promise.set_exception(std::move(error));
  if (on_end) on_end();
}

int64_t LlamaSlot::unread() const {
  return std::max<int64_t>(std::ssize(request_->prompt) - std::ssize(memory_), 0);
}

int64_t LlamaSlot::common_prefix(std::span<const llama_token> prompt) const {
  const auto [end, unused] =
      std::mismatch(prompt.begin(), prompt.end(), memory_.begin(), memory_.end());
  return end - prompt.begin();
}

void LlamaSlot::begin(std::unique_ptr<LlamaRequest> request, LlamaBatchSession* session) {
  // The last token is always read: what follows it is computed then.
  const int64_t kept = std::min(common_prefix(request->prompt), std::ssize(request->prompt) - 1);
  memory_.resize(session->cut(sequence_, kept) ? static_cast<size_t>(kept) : 0);
  request->stats.prompt_tokens = std::ssize(request->prompt);
  request->stats.reused_tokens = std::ssize(memory_);
  request->begun = request->clock.seconds();
  request_ = std::move(request);
}

void LlamaSlot::add_prompt(int64_t most, LlamaBatchSession* session) {
  for (int64_t count = std::min(most, unread()); count > 0; --count) {
    const llama_token token = request_->prompt[memory_.size()];
    const bool last = memory_.size() + 1 == request_->prompt.size();
    const int32_t place = session->add(token, std::ssize(memory_), sequence_, last);
    if (last) place_ = place;
    memory_.push_back(token);
  }
}

void LlamaSlot::add_chosen(LlamaBatchSession* session) {
  place_ = session->add(*chosen_, std::ssize(memory_), sequence_, true);
  memory_.push_back(*chosen_);
  chosen_.reset();
}

std::optional<FinishReason> LlamaSlot::choose(const LlamaModel& model, LlamaBatchSession* session) {
  GenerationStats& stats = request_->stats;
  if (stats.generated_tokens == 0) {
    stats.prefill_seconds = request_->clock.seconds() - request_->begun;
    if (request_->options.max_tokens == 0) return FinishReason::max_tokens;
  }
  const llama_token token = session->sample(request_->sampler.get(), *place_);
  ++stats.generated_tokens;
  const double now = request_->clock.seconds();
  if (!stats.first_token_seconds) stats.first_token_seconds = now;
  stats.decode_seconds = now - *stats.first_token_seconds;
  if (model.ends_text(token)) return FinishReason::end_of_text;
  request_->tell(request_->stream.push(model.piece(token)));
  if (request_->stream.stopped()) return FinishReason::stop_string;
  if (stats.generated_tokens == request_->options.max_tokens) return FinishReason::max_tokens;
  if (std::ssize(memory_) >= context_size_) return FinishReason::context_full;
  chosen_ = token;
  return std::nullopt;
}

void LlamaSlot::advance(const LlamaModel& model, LlamaBatchSession* session, int64_t round) {
  if (!place_) return;
  try {
    const std::optional<FinishReason> reason = choose(model, session);
    place_.reset();
    if (reason) end(*reason, round);
  } catch (...) {
    fail(std::current_exception(), session, round);
  }
}

void LlamaSlot::end_if_cancelled(int64_t round) {
  if (!idle() && request_->cancelled()) end(FinishReason::cancelled, round);
}

void LlamaSlot::end(FinishReason reason, int64_t round) {
  const std::unique_ptr<LlamaRequest> request = std::move(request_);
  chosen_.reset();
  place_.reset();
  idle_since_ = round;
  try {
    request->finish(reason);
  } catch (...) {  // of the hook that was told the last piece
    request->fail(std::current_exception());
  }
}

void LlamaSlot::fail(const std::exception_ptr& error, LlamaBatchSession* session, int64_t round) {
  session->cut(sequence_, 0);
  memory_.clear();
  chosen_.reset();
  place_.reset();
  idle_since_ = round;
  const std::unique_ptr<LlamaRequest> request = std::move(request_);
  if (request) request->fail(error);
}

}  // namespace jnlp
