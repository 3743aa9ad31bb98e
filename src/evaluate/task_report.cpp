#include "evaluate/task_report.h"

namespace jnlp {
namespace {

// What was not measured is null, never 0.
OrderedJson bytes_or_null(int64_t bytes) {
  return bytes < 0 ? OrderedJson(nullptr) : OrderedJson(bytes);
}

OrderedJson seconds_or_null(double seconds) {
  return seconds < 0 ? OrderedJson(nullptr) : OrderedJson(seconds);
}

OrderedJson metrics_json(const std::vector<Metric>& metrics) {
  OrderedJson json = OrderedJson::object();
  for (const Metric& metric : metrics) {
    json[metric.key] = {{"value", metric.value},
                        {"ci95_low", metric.interval.low},
                        {"ci95_high", metric.interval.high}};
  }
  return json;
}

OrderedJson performance_json(const Performance& performance) {
  return {{"warmup_samples", performance.warmup_samples},
          {"latency_ms",
           {{"p50", performance.latency_p50_ms},
            {"p95", performance.latency_p95_ms},
            {"p99", performance.latency_p99_ms},
            {"mean", performance.latency_mean_ms},
            {"max", performance.latency_max_ms}}},
          {"batch_size", performance.batch_size},
          {"batched_seconds", performance.seconds},
          {"samples_per_second", performance.samples_per_second},
          {"tokens_per_second", performance.tokens_per_second},
          {"tokens", performance.tokens},
          {"cpu_use", performance.cpu_use},
          {"changed_by_batching", performance.changed_by_batching}};
}

OrderedJson load_json(const LoadFacts& load) {
  return {{"first_seconds", seconds_or_null(load.first_seconds)},
          {"first_disk_bytes", bytes_or_null(load.first_disk_bytes)},
          {"warm_seconds", seconds_or_null(load.warm_seconds)},
          {"resident_bytes_after_load", bytes_or_null(load.resident_bytes)},
          {"peak_resident_bytes", bytes_or_null(load.peak_bytes)},
          {"device_memory_bytes", nullptr}};
}

}  // namespace

OrderedJson to_json(const TaskReport& report) {
  OrderedJson json = {{"task", report.task},
                      {"status", report.failure.empty() ? "ok" : "failed"},
                      {"model", {{"name", report.model_name}}},
                      {"dataset", {{"name", report.dataset_name}}}};
  if (!report.failure.empty()) {
    json["reason"] = report.failure;
    return json;
  }
  json["model"]["path"] = report.model_path;
  json["model"]["engine"] = report.engine;
  json["dataset"]["files"] = report.dataset_files;
  json["dataset"]["format"] = report.dataset_format;
  json["dataset"]["size"] = report.dataset_size;
  json["samples"] = report.samples;
  json["truncated"] = report.truncated;
  json["windowed"] = report.windowed;
  json["metrics"] = metrics_json(report.metrics);
  json["details"] = report.details;
  json["performance"] = performance_json(report.performance);
  if (report.generation) json["performance"]["generation"] = to_json(*report.generation);
  json["load_and_memory"] = load_json(report.load);
  json["notes"] = report.notes;
  return json;
}

}  // namespace jnlp
