#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "backends/text_generation_pool.h"
#include "http/request_pool.h"
#include "server/chat_metrics.h"
#include "server/server_models.h"

namespace jnlp {

/// The place of one answer among those that wait or are being written.
class AnswerTicket {
 public:
  /// `metrics` have begun to count it.
  explicit AnswerTicket(ChatMetrics* metrics) : metrics_(metrics) {}
  /// Counts as failed without end().
  ~AnswerTicket() {
    if (metrics_ != nullptr) metrics_->fail();
  }
  AnswerTicket(AnswerTicket&& other) noexcept : metrics_(std::exchange(other.metrics_, nullptr)) {}
  AnswerTicket& operator=(AnswerTicket&&) = delete;

  void end(const Generation& answer) { std::exchange(metrics_, nullptr)->end(answer); }

 private:
  ChatMetrics* metrics_;
};

/// The threads that follow what the language model writes for clients, one for each answer: they
/// sleep while the model computes, and wait for clients that read slowly, so that neither the
/// model's thread nor those of requests have to.
class ChatAnswers {
 public:
  static constexpr int kMostInFlight = 128;  // running or waiting for a place in the batch

  /// `metrics` must outlive this.
  explicit ChatAnswers(ChatMetrics& metrics) : metrics_(metrics), threads_(2 * kMostInFlight, 0) {}

  /// @throws http::HttpError 503 with Retry-After when there are kMostInFlight already.
  AnswerTicket admit();
  /// Has a job of an answer run; it must not throw.
  void run(std::function<void()> job) { threads_.submit(std::move(job)); }

 private:
  ChatMetrics& metrics_;
  http::RequestPool threads_;  // more than answers: sockets tell faults here too
};

/// A text that the language model is writing. Destroyed before its end, it is cancelled.
class PendingAnswer {
 public:
  /// Gives the prompt to the model. `cancelled` is asked by the model's thread; it must be quick.
  /// @throws OpenAiError context_length_exceeded, naming `param`; Error as the pool says.
  PendingAnswer(std::shared_ptr<ChatService> service, AnswerTicket ticket, std::string_view prompt,
                const std::string& param, GenerateOptions options, std::function<bool()> cancelled);
  ~PendingAnswer();
  PendingAnswer(const PendingAnswer&) = delete;
  PendingAnswer& operator=(const PendingAnswer&) = delete;

  /// Waits for the end, and hands the pieces of the text over meanwhile, on this thread; when
  /// `take` returns false, the rest is not written. Once.
  /// @throws what the pool's future throws.
  Generation wait(const std::function<bool(std::string_view)>& take = {});

 private:
  struct Feed;

  const std::shared_ptr<ChatService> service_;  // is there as long as the answer is
  AnswerTicket ticket_;
  const std::shared_ptr<Feed> feed_;
  std::future<Generation> result_;
};

}  // namespace jnlp
