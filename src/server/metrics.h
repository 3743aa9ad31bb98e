#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/server_options.h"
#include "serve/overloaded.h"
#include "serve/queue_observer.h"
#include "server/chat_metrics.h"
#include "server/histogram.h"

namespace jnlp {

/// What is counted about one model's queue.
class QueueMetrics : public QueueObserver {
 public:
  void on_batch(const BatchReport& batch) override;
  void on_reject(Reject reject) override;
  /// Admission did not let a request in.
  void on_refusal(Refusal refusal);
  /// Seconds that a request took to be made into tokens, and from its outputs to its answer.
  void on_answer(double tokenize, double post);
  /// To be counted up for each text that was cut.
  std::shared_ptr<std::atomic<uint64_t>> truncated() const { return truncated_; }

 private:
  friend class Metrics;

  Histogram sequences_{Histogram::doubling(1, 8)};
  Histogram tokens_{Histogram::doubling(16, 10)};
  Histogram infer_seconds_{Histogram::doubling(0.0005, 14)};
  Histogram wait_seconds_{Histogram::doubling(0.0005, 14)};
  Histogram tokenize_seconds_{Histogram::doubling(0.00005, 14)};
  Histogram post_seconds_{Histogram::doubling(0.00005, 14)};
  std::array<std::atomic<uint64_t>, 4> rejects_{};  // by Reject
  std::atomic<uint64_t> queue_full_{0};
  std::atomic<uint64_t> no_time_{0};
  std::shared_ptr<std::atomic<uint64_t>> truncated_ = std::make_shared<std::atomic<uint64_t>>(0);
};

/// A value that somebody else keeps, as it is at the time of asking.
struct Sample {
  std::string name;    ///< without the common prefix
  std::string labels;  ///< without braces; may be empty
  double value = 0;
  bool is_counter = false;  ///< else a gauge
  std::string help = {};    ///< of the first sample of a name
};

/// What the server counts, in Prometheus' text format. All series are there from the start, at 0.
/// Thread-safe.
class Metrics {
 public:
  /// `routes`: patterns that requests are counted by; all others are one.
  /// `tasks`: models with a queue.
  Metrics(const std::vector<std::string>& routes, const std::vector<std::string>& tasks);

  void on_access(const http::AccessRecord& record);
  /// The observer of a task's queue. @throws Error internal for an unknown task.
  std::shared_ptr<QueueMetrics> queue(std::string_view task) const;
  ChatMetrics& chats() { return chats_; }
  /// Everything that was counted, and then `samples`, those of one name together.
  std::string text(const std::vector<Sample>& samples) const;

 private:
  // 200, 400, ...; the last is for codes that are not listed.
  static constexpr std::array kCodes = {200, 400, 401, 403, 404, 405, 408, 409, 413, 415,
                                        422, 424, 429, 431, 499, 500, 501, 503, 504};
  struct RouteCounts {
    std::array<std::atomic<uint64_t>, kCodes.size() + 1> by_code{};
    Histogram seconds{Histogram::doubling(0.0005, 16)};
  };

  void write_requests(std::string* out) const;
  void write_queues(std::string* out) const;

  std::map<std::string, std::unique_ptr<RouteCounts>, std::less<>> routes_;
  std::map<std::string, std::shared_ptr<QueueMetrics>, std::less<>> queues_;
  ChatMetrics chats_;
};

}  // namespace jnlp
