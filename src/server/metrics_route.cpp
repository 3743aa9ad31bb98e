#include "server/metrics_route.h"

#include <fmt/format.h>

#include "base/cpu_budget.h"
#include "report/process.h"
#include "server/device_metrics.h"

namespace jnlp {
namespace {

struct NamedDepth {
  std::string task;
  QueueDepth depth;
  double queued_ms = 0;
};

std::vector<NamedDepth> depths(const ServerModels& models) {
  std::vector<NamedDepth> found;
  const auto add = [&](const auto& slot) {
    NamedDepth& named = found.emplace_back();
    named.task = slot.task();
    const auto service = slot.find();
    if (service == nullptr) return;
    named.depth = service->served().queue().depth();
    named.queued_ms = service->served().admission().queued_ms();
  };
  add(models.sentiment);
  add(models.ner);
  add(models.qa);
  add(models.embedding);
  NamedDepth& summaries = found.emplace_back();
  summaries.task = models.summarization.task();
  if (const auto service = models.summarization.find()) {
    summaries.depth = service->depth();
    summaries.queued_ms = service->queued_ms();
  }
  return found;
}

void add_queues(const MetricsSources& sources, std::vector<Sample>* samples) {
  const std::vector<NamedDepth> queues = depths(sources.models);
  const auto add = [&](const char* name, const char* help, auto value) {
    for (const NamedDepth& queue : queues) {
      samples->push_back({name, fmt::format("task=\"{}\"", queue.task), value(queue), false, help});
    }
  };
  add("queue_calls", "Calls that wait for a batch.",
      [](const NamedDepth& q) { return static_cast<double>(q.depth.calls); });
  add("queue_tokens", "Tokens that wait for a batch.",
      [](const NamedDepth& q) { return static_cast<double>(q.depth.tokens); });
  add("queue_oldest_seconds", "Age of the oldest call that waits.",
      [](const NamedDepth& q) { return q.depth.oldest_seconds; });
  add("admitted_seconds", "Predicted time of all work that is admitted and not done.",
      [](const NamedDepth& q) { return q.queued_ms / 1e3; });
}

void add_models(const ModelLoading& loading, std::vector<Sample>* samples) {
  for (const ModelLoading::Status& status : loading.statuses()) {
    samples->push_back(
        {"model_ready",
         fmt::format("task=\"{}\",model=\"{}\"", status.task, label_value(status.model)),
         status.state == ModelLoading::State::ready ? 1.0 : 0.0, false,
         "Whether the task's model is loaded."});
  }
}

void add_cache(const CachedResults& cache, std::vector<Sample>* samples) {
  const CacheCounters counters = cache.counters();
  const auto add = [&](const char* name, int64_t value, bool is_counter, const char* help) {
    samples->push_back({name, "", static_cast<double>(value), is_counter, help});
  };
  add("cache_hits_total", counters.hits, true, "Results found in this process.");
  add("cache_misses_total", counters.misses, true, "Results not found in this process.");
  add("cache_evictions_total", counters.evictions, true, "Results that went for lack of room.");
  add("cache_shared_total", cache.followers(), true,
      "Requests that waited for the same one in flight.");
  add("cache_entries", counters.entries, false, "Results kept in this process.");
  add("cache_bytes", counters.bytes, false, "Bytes that they take.");
  RedisCounters redis;
  if (cache.redis() != nullptr) redis = cache.redis()->counters();
  add("redis_hits_total", redis.hits, true, "Results found in Redis.");
  add("redis_misses_total", redis.misses, true, "Results not found in Redis.");
  add("redis_failures_total", redis.failures, true, "Reads and writes that failed.");
  add("redis_bypassed_total", redis.bypassed, true, "Reads that were not tried.");
  add("redis_available", redis.available ? 1 : 0, false, "Whether Redis is used now.");
}

void add_process(const http::ServerStats& http, int cpus, std::vector<Sample>* samples) {
  const auto add = [&](const char* name, double value, bool is_counter, const char* help) {
    samples->push_back({name, "", value, is_counter, help});
  };
  add("connections", static_cast<double>(http.connections), false, "Open connections.");
  add("web_sockets", static_cast<double>(http.web_sockets), false, "Open WebSockets.");
  add("requests_in_flight", static_cast<double>(http.busy_threads + http.elsewhere), false,
      "Requests that a thread works on.");
  add("requests_waiting", static_cast<double>(http.queued_requests), false,
      "Requests that wait for a thread.");
  add("resident_bytes", static_cast<double>(memory_use().resident), false,
      "Memory of this process.");
  add("cpu_seconds_total", cpu_seconds(), true, "Processor time of this process.");
  add("usable_cpus", cpus, false, "CPUs that the process may use.");
  // Batches are packed; the series is there for those who compare servers.
  add("padding_ratio", 0, false, "Share of computed tokens that is padding: none.");
}

}  // namespace

void add_metrics_route(const MetricsSources& sources, http::Router* router) {
  router->add_quick("GET", "/metrics", [sources, cpus = available_threads()](const http::Request&) {
    std::vector<Sample> samples;
    add_queues(sources, &samples);
    add_cache(sources.cache, &samples);
    samples.push_back({"rate_limited_total", "", static_cast<double>(sources.gate.rate_limited()),
                       true, "Requests refused as their client sent too many."});
    add_process(sources.http(), cpus, &samples);
    add_models(sources.loading, &samples);
    add_device_samples(sources.device(), &samples);
    return http::Response::of_type("text/plain; version=0.0.4; charset=utf-8",
                                   sources.metrics.text(samples));
  });
}

}  // namespace jnlp
