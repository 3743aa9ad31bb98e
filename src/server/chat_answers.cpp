#include "server/chat_answers.h"

#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "http/error_status.h"
#include "server/openai_error.h"

namespace jnlp {

// What the model's thread says and the answer's thread hears.
struct PendingAnswer::Feed {
  std::mutex mutex;
  std::condition_variable changed;
  std::string text;  // not handed over yet
  bool is_at_end = false;
  std::atomic<bool> is_given_up{false};
};

AnswerTicket ChatAnswers::admit() {
  if (metrics_.try_begin(kMostInFlight)) return AnswerTicket(&metrics_);
  throw http::HttpError(503, ErrorCode::overloaded,
                        fmt::format("{} texts are being written or wait; try again", kMostInFlight),
                        1);
}

PendingAnswer::PendingAnswer(std::shared_ptr<ChatService> service, AnswerTicket ticket,
                             std::string_view prompt, const std::string& param,
                             GenerateOptions options, std::function<bool()> cancelled)
    : service_(std::move(service)), ticket_(std::move(ticket)), feed_(std::make_shared<Feed>()) {
  TextGenerationPool& pool = *service_->pool;
  const int64_t tokens = pool.count_tokens(prompt);
  if (tokens > pool.context_size()) {
    throw OpenAiError(400,
                      fmt::format("'{}' has {} tokens with what the model's template adds, and the "
                                  "model's context is {}: shorten it",
                                  param, tokens, pool.context_size()),
                      param, "context_length_exceeded");
  }
  // The hooks may outlive this: they hold the feed.
  GenerationHooks hooks;
  hooks.on_text = [feed = feed_](std::string_view piece) {
    {
      const std::lock_guard lock(feed->mutex);
      feed->text += piece;
    }
    feed->changed.notify_one();
  };
  hooks.cancelled = [feed = feed_, cancelled = std::move(cancelled)] {
    return feed->is_given_up.load(std::memory_order_relaxed) || cancelled();
  };
  auto on_end = [feed = feed_] {
    {
      const std::lock_guard lock(feed->mutex);
      feed->is_at_end = true;
    }
    feed->changed.notify_one();
  };
  result_ = pool.submit(prompt, std::move(options), std::move(hooks), std::move(on_end));
}

PendingAnswer::~PendingAnswer() {
  feed_->is_given_up = true;
}

Generation PendingAnswer::wait(const std::function<bool(std::string_view)>& take) {
  for (bool is_at_end = false; !is_at_end;) {
    std::string piece;
    {
      std::unique_lock lock(feed_->mutex);
      feed_->changed.wait(lock, [&] { return feed_->is_at_end || !feed_->text.empty(); });
      piece.swap(feed_->text);
      is_at_end = feed_->is_at_end;
    }
    if (!piece.empty() && take && !take(piece)) feed_->is_given_up = true;
  }
  Generation answer = result_.get();
  ticket_.end(answer);
  return answer;
}

}  // namespace jnlp
