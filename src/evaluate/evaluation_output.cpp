#include "evaluate/evaluation_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/table.h"

namespace jnlp {
namespace {

constexpr double kMegabyte = 1e6;

std::string megabytes(int64_t bytes) {
  return bytes < 0 ? "not measured" : fmt::format("{:.0f}", static_cast<double>(bytes) / kMegabyte);
}

std::string seconds(double value) {
  return value < 0 ? "none" : fmt::format("{:.2f}", value);
}

std::vector<std::string> metric_cells(const Metric& metric) {
  return {metric.name, fmt::format("{:.4f}", metric.value),
          fmt::format("{:.4f}-{:.4f}", metric.interval.low, metric.interval.high)};
}

// A task without a metric still has its speed.
std::vector<Metric> metrics_in_table(const TaskReport& report) {
  std::vector<Metric> metrics;
  for (const Metric& metric : report.metrics) {
    if (metric.in_table) metrics.push_back(metric);
  }
  return metrics;
}

void append_figures(const TaskReport& report, std::vector<std::string>* row) {
  const Performance& speed = report.performance;
  for (const double value : {speed.latency_p50_ms, speed.latency_p95_ms, speed.latency_p99_ms}) {
    row->push_back(fmt::format("{:.2f}", value));
  }
  row->push_back(fmt::format("{:.1f}", speed.samples_per_second));
  row->push_back(fmt::format("{:.0f}", speed.tokens_per_second));
  row->push_back(fmt::format("{:.2f}", speed.cpu_use));
  row->push_back(seconds(report.load.first_seconds));
  row->push_back(megabytes(report.load.peak_bytes));
  row->push_back(fmt::format("{}/{}", report.truncated, report.windowed));
}

void add_result(const TaskReport& report, TextTable* table) {
  const std::vector<Metric> metrics = metrics_in_table(report);
  std::vector<std::string> row = {report.task, report.dataset_name, std::to_string(report.samples)};
  const std::vector<std::string> first =
      metrics.empty() ? std::vector<std::string>{"none", "", ""} : metric_cells(metrics.front());
  row.insert(row.end(), first.begin(), first.end());
  append_figures(report, &row);
  table->add_row(std::move(row));
  for (size_t i = 1; i < metrics.size(); ++i) {
    std::vector<std::string> more(3);
    for (std::string& cell : metric_cells(metrics[i])) more.push_back(std::move(cell));
    table->add_row(std::move(more));
  }
}

std::string table_of(const Evaluation& evaluation) {
  const auto right = TextTable::Align::right;
  TextTable table({{"TASK"},
                   {"DATA"},
                   {"SAMPLES", right},
                   {"METRIC"},
                   {"VALUE", right},
                   {"95% INTERVAL"},
                   {"P50 MS", right},
                   {"P95 MS", right},
                   {"P99 MS", right},
                   {"SAMPLES/S", right},
                   {"TOKENS/S", right},
                   {"CPU", right},
                   {"LOAD S", right},
                   {"PEAK MB", right},
                   {"CUT/WINDOWED", right}});
  for (const TaskReport& report : evaluation.tasks) {
    if (report.failure.empty()) {
      add_result(report, &table);
    } else {
      table.add_note({report.task, report.dataset_name, "", "failed: " + report.failure});
    }
  }
  for (const auto& [task, reason] : evaluation.left_out) {
    table.add_note({task, "", "", "left out: " + reason});
  }
  return table.to_string();
}

std::string load_text(const LoadFacts& load) {
  if (load.first_seconds < 0) {
    return fmt::format("nothing was loaded; {} MB resident", megabytes(load.resident_bytes));
  }
  const std::string cache =
      load.first_disk_bytes < 0 ? "state of the page cache not measured"
      : load.first_disk_bytes == 0
          ? "files were cached"
          : fmt::format("{:.1f} MB read from storage",
                        static_cast<double>(load.first_disk_bytes) / kMegabyte);
  return fmt::format("loaded in {:.3f} s ({}), again in {:.3f} s; {} MB resident after loading",
                     load.first_seconds, cache, load.warm_seconds, megabytes(load.resident_bytes));
}

std::string task_facts(const TaskReport& report) {
  std::string text =
      fmt::format("{}: model {}, {}; {}; device memory not measured (CPU only)\n", report.task,
                  report.model_name, report.engine, load_text(report.load));
  if (report.generation) {
    text += fmt::format("{}: {}\n", report.task, to_text(*report.generation));
  }
  for (const std::string& note : report.notes) text += fmt::format("{}: {}\n", report.task, note);
  return text;
}

std::string how_measured(const Evaluation& evaluation) {
  size_t warmup = 0;
  for (const TaskReport& report : evaluation.tasks) {
    warmup = std::max(warmup, report.performance.warmup_samples);
  }
  return fmt::format(
      "Latency: one sample at a time, from text to result with tokenization, after a warm-up of {} "
      "samples and a batch. Throughput and CPU: the same samples in batches of {}. Intervals: "
      "bootstrap of {} resamples, seed {}; chat: Wilson's.",
      warmup, evaluation.options.batch_size, evaluation.options.resamples, evaluation.options.seed);
}

}  // namespace

std::vector<std::string> measurement_notes(const Evaluation& evaluation) {
  const bool any = std::any_of(evaluation.tasks.begin(), evaluation.tasks.end(),
                               [](const TaskReport& report) { return report.failure.empty(); });
  std::vector<std::string> notes;
  if (any) notes.push_back(how_measured(evaluation));
  notes.push_back(
      host_text(evaluation.host, std::to_string(evaluation.threads), evaluation.created));
  return notes;
}

std::string evaluation_text(const Evaluation& evaluation) {
  std::string text = table_of(evaluation) + "\n";
  for (const TaskReport& report : evaluation.tasks) {
    if (report.failure.empty()) text += task_facts(report);
  }
  for (const std::string& note : measurement_notes(evaluation)) text += note + "\n";
  return text;
}

OrderedJson evaluation_json(const Evaluation& evaluation) {
  OrderedJson json = {
      {"schema", "jetson-nlp/evaluation/1"},
      {"created", evaluation.created},
      {"build", build_facts()},
      {"host", to_json(evaluation.host)},
      {"settings",
       {{"seed", evaluation.options.seed},
        {"samples", evaluation.options.samples > 0 ? OrderedJson(evaluation.options.samples)
                                                   : OrderedJson("all")},
        {"batch_size", evaluation.options.batch_size},
        {"threads", evaluation.threads},
        {"bootstrap_resamples", evaluation.options.resamples}}},
      {"tasks", OrderedJson::array()},
      {"left_out", OrderedJson::array()}};
  for (const TaskReport& report : evaluation.tasks) json["tasks"].push_back(to_json(report));
  for (const auto& [task, reason] : evaluation.left_out) {
    json["left_out"].push_back({{"task", task}, {"reason", reason}});
  }
  return json;
}

}  // namespace jnlp
