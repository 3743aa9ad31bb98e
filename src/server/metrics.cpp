#include "server/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "server/metric_head.h"

namespace jnlp {
namespace {

constexpr std::string_view kOther = "other";
constexpr std::array kRejects = {"deadline", "cancelled", "failed", "closing"};  // as Reject

}  // namespace

void QueueMetrics::on_batch(const BatchReport& batch) {
  sequences_.observe(static_cast<double>(batch.sequences));
  tokens_.observe(static_cast<double>(batch.tokens));
  infer_seconds_.observe(batch.seconds);
  for (const double wait : batch.waits) wait_seconds_.observe(wait);
}

void QueueMetrics::on_reject(Reject reject) {
  rejects_[static_cast<size_t>(reject)].fetch_add(1, std::memory_order_relaxed);
}

void QueueMetrics::on_refusal(Refusal refusal) {
  if (refusal == Refusal::queue_full) queue_full_.fetch_add(1, std::memory_order_relaxed);
  if (refusal == Refusal::no_time) no_time_.fetch_add(1, std::memory_order_relaxed);
}

void QueueMetrics::on_answer(double tokenize, double post) {
  tokenize_seconds_.observe(tokenize);
  post_seconds_.observe(post);
}

Metrics::Metrics(const std::vector<std::string>& routes, const std::vector<std::string>& tasks) {
  for (const std::string& route : routes) routes_.emplace(route, std::make_unique<RouteCounts>());
  routes_.emplace(kOther, std::make_unique<RouteCounts>());
  for (const std::string& task : tasks) queues_.emplace(task, std::make_shared<QueueMetrics>());
}

void Metrics::on_access(const http::AccessRecord& record) {
  auto route = routes_.find(record.request.route);
  if (route == routes_.end()) route = routes_.find(kOther);
  RouteCounts& counts = *route->second;
  const auto code = std::find(kCodes.begin(), kCodes.end(), record.status) - kCodes.begin();
  counts.by_code[static_cast<size_t>(code)].fetch_add(1, std::memory_order_relaxed);
  counts.seconds.observe(std::chrono::duration<double>(record.duration).count());
}

std::shared_ptr<QueueMetrics> Metrics::queue(std::string_view task) const {
  const auto found = queues_.find(task);
  if (found == queues_.end()) {
    throw Error(ErrorCode::internal, fmt::format("no metrics for the task '{}'", task));
  }
  return found->second;
}

void Metrics::write_requests(std::string* out) const {
  write_metric_head("requests_total", "counter", "Answers by route and status.", out);
  for (const auto& [route, counts] : routes_) {
    for (size_t i = 0; i < counts->by_code.size(); ++i) {
      const std::string code = i < kCodes.size() ? fmt::format("{}", kCodes[i]) : "other";
      fmt::format_to(std::back_inserter(*out), "{}requests_total{{route=\"{}\",code=\"{}\"}} {}\n",
                     kMetricPrefix, route, code,
                     counts->by_code[i].load(std::memory_order_relaxed));
    }
  }
  write_metric_head("request_seconds", "histogram",
                    "From a request's first byte to its answer's last, by route.", out);
  for (const auto& [route, counts] : routes_) {
    counts->seconds.write(fmt::format("{}request_seconds", kMetricPrefix),
                          fmt::format("route=\"{}\"", route), out);
  }
}

void Metrics::write_queues(std::string* out) const {
  struct Series {
    const char* name;
    const char* help;
    Histogram QueueMetrics::*values;
  };
  constexpr std::array kSeries = {
      Series{"batch_sequences", "Texts computed together.", &QueueMetrics::sequences_},
      Series{"batch_tokens", "Tokens computed together; none is padding.", &QueueMetrics::tokens_},
      Series{"infer_seconds", "Time of a batch in the model.", &QueueMetrics::infer_seconds_},
      Series{"queue_seconds", "Time from a call to its batch.", &QueueMetrics::wait_seconds_},
      Series{"tokenize_seconds", "Time until a request's first call to its model.",
             &QueueMetrics::tokenize_seconds_},
      Series{"post_seconds", "Time from a request's outputs to the text of its answer.",
             &QueueMetrics::post_seconds_}};
  for (const Series& series : kSeries) {
    write_metric_head(series.name, "histogram", series.help, out);
    for (const auto& [task, queue] : queues_) {
      ((*queue).*series.values)
          .write(fmt::format("{}{}", kMetricPrefix, series.name), fmt::format("task=\"{}\"", task),
                 out);
    }
  }
  write_metric_head(
      "rejected_total", "counter",
      "Requests that were not let into a queue, and calls that left it without a result.", out);
  for (const auto& [task, queue] : queues_) {
    const auto line = [&, &task = task](const char* reason, const std::atomic<uint64_t>& count) {
      fmt::format_to(std::back_inserter(*out), "{}rejected_total{{task=\"{}\",reason=\"{}\"}} {}\n",
                     kMetricPrefix, task, reason, count.load(std::memory_order_relaxed));
    };
    for (size_t i = 0; i < kRejects.size(); ++i) line(kRejects[i], queue->rejects_[i]);
    line("queue_full", queue->queue_full_);
    line("no_time", queue->no_time_);
  }
  write_metric_head("truncated_inputs_total", "counter",
                    "Texts that were longer than their model reads, and were cut.", out);
  for (const auto& [task, queue] : queues_) {
    fmt::format_to(std::back_inserter(*out), "{}truncated_inputs_total{{task=\"{}\"}} {}\n",
                   kMetricPrefix, task, queue->truncated_->load(std::memory_order_relaxed));
  }
}

std::string Metrics::text(const std::vector<Sample>& samples) const {
  std::string out;
  write_requests(&out);
  write_queues(&out);
  chats_.write(&out);
  const Sample* before = nullptr;
  for (const Sample& sample : samples) {
    if (before == nullptr || before->name != sample.name) {
      write_metric_head(sample.name, sample.is_counter ? "counter" : "gauge", sample.help, &out);
    }
    before = &sample;
    const std::string braces = sample.labels.empty() ? "" : fmt::format("{{{}}}", sample.labels);
    fmt::format_to(std::back_inserter(out), "{}{}{} {}\n", kMetricPrefix, sample.name, braces,
                   sample.value);
  }
  return out;
}

}  // namespace jnlp
