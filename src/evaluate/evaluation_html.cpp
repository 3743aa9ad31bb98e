#include "evaluate/evaluation_html.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "report/html.h"

namespace jnlp {
namespace {

// A dot with its interval on an axis from 0 to 1 for each metric.
std::string metrics_chart(const TaskReport& report) {
  std::vector<Dot> dots;
  for (const Metric& metric : report.metrics) {
    if (!metric.in_table || !metric.is_share) continue;
    dots.push_back({metric.name, metric.value, metric.interval.low, metric.interval.high});
  }
  return share_chart("Metrics of " + report.task + " with 95 % intervals", dots);
}

// Metrics that have no place on an axis from 0 to 1.
std::string other_metrics_table(const TaskReport& report) {
  std::string rows;
  for (const Metric& metric : report.metrics) {
    if (!metric.in_table || metric.is_share) continue;
    rows += fmt::format(
        "<tr><th>{}</th><td class='n'>{:.4f}</td><td class='soft'>{:.4f}-{:.4f}</td></tr>",
        html_escaped(metric.name), metric.value, metric.interval.low, metric.interval.high);
  }
  return rows.empty() ? rows : "<table>" + rows + "</table>\n";
}

std::string latency_chart(const Performance& speed) {
  std::vector<Bar> bars;
  for (const auto& [name, value] : {std::pair{"p50", speed.latency_p50_ms},
                                    {"p95", speed.latency_p95_ms},
                                    {"p99", speed.latency_p99_ms},
                                    {"greatest", speed.latency_max_ms}}) {
    bars.push_back({name, value, fmt::format("{:.2f} ms", value)});
  }
  return bar_chart("Latency per sample", bars);
}

std::string facts_table(const TaskReport& report) {
  const Performance& speed = report.performance;
  const auto megabytes = [](int64_t bytes) {
    return bytes < 0 ? std::string("not measured")
                     : fmt::format("{:.0f} MB", static_cast<double>(bytes) / 1e6);
  };
  const std::pair<const char*, std::string> rows[] = {
      {"Model", report.model_name + ", " + report.engine},
      {"Data", fmt::format("{}: {} of {} samples", report.dataset_name, report.samples,
                           report.dataset_size)},
      {"Throughput",
       fmt::format("{:.1f} samples/s, {:.0f} tokens/s in batches of {}", speed.samples_per_second,
                   speed.tokens_per_second, speed.batch_size)},
      {"CPU use", fmt::format("{:.2f} CPUs busy on average", speed.cpu_use)},
      {"Loading", report.load.first_seconds < 0
                      ? std::string("nothing was loaded")
                      : fmt::format("{:.3f} s, again {:.3f} s", report.load.first_seconds,
                                    report.load.warm_seconds)},
      {"Memory",
       fmt::format("{} after loading, {} at the peak; device memory not measured",
                   megabytes(report.load.resident_bytes), megabytes(report.load.peak_bytes))},
      {"Truncated", std::to_string(report.truncated)},
      {"Read in windows", std::to_string(report.windowed)},
  };
  std::string html = "<table>";
  for (const auto& [name, value] : rows) {
    html += fmt::format("<tr><th>{}</th><td>{}</td></tr>", name, html_escaped(value));
  }
  if (report.generation) {
    html += fmt::format("<tr><th>Language model</th><td>{}</td></tr>",
                        html_escaped(to_text(*report.generation)));
  }
  return html + "</table>\n";
}

// Precision, recall and F1 per class or type.
std::string scores_table(const std::string& title, const OrderedJson& scores) {
  std::string html = fmt::format(
      "<h3>{}</h3><table><tr><th></th><th class='n'>precision</th><th class='n'>recall</th>"
      "<th class='n'>F1</th><th class='n'>support</th></tr>",
      title);
  for (const auto& [name, row] : scores.items()) {
    html += fmt::format(
        "<tr><td>{}</td><td class='n'>{:.4f}</td><td class='n'>{:.4f}</td><td class='n'>{:.4f}</td>"
        "<td class='n'>{}</td></tr>",
        html_escaped(name), row.at("precision").get<double>(), row.at("recall").get<double>(),
        row.at("f1").get<double>(), row.at("support").get<int64_t>());
  }
  return html + "</table>\n";
}

std::string confusion_table(const OrderedJson& details) {
  const OrderedJson& labels = details.at("labels");
  std::string html = "<h3>Confusion matrix</h3><table><tr><th>expected \\ predicted</th>";
  for (const auto& label : labels) {
    html += fmt::format("<th class='n'>{}</th>", html_escaped(label.get<std::string>()));
  }
  html += "</tr>";
  for (size_t row = 0; row < labels.size(); ++row) {
    html += fmt::format("<tr><th>{}</th>", html_escaped(labels[row].get<std::string>()));
    for (const auto& cell : details.at("confusion_matrix")[row]) {
      html += fmt::format("<td class='n'>{}</td>", cell.get<int64_t>());
    }
    html += "</tr>";
  }
  return html + "</table>\n";
}

std::string task_section(const TaskReport& report) {
  std::string html = fmt::format("<h2>{}</h2>\n", html_escaped(report.task));
  if (!report.failure.empty()) {
    return html + fmt::format("<p><strong>Failed:</strong> {}</p>\n", html_escaped(report.failure));
  }
  html += facts_table(report);
  if (!report.metrics.empty()) {
    html += "<h3>Quality</h3>" + metrics_chart(report) + other_metrics_table(report);
  }
  html += "<h3>Latency, one sample at a time</h3>" + latency_chart(report.performance);
  if (report.details.contains("confusion_matrix")) html += confusion_table(report.details);
  if (report.details.contains("per_class")) {
    html += scores_table("Per class", report.details.at("per_class"));
  }
  if (report.details.contains("per_type_seqeval")) {
    html += scores_table("Per type (seqeval)", report.details.at("per_type_seqeval"));
  }
  for (const std::string& note : report.notes)
    html += fmt::format("<p>{}</p>\n", html_escaped(note));
  return html;
}

}  // namespace

std::string evaluation_html(const Evaluation& evaluation) {
  std::string html = "<h1>Evaluation</h1>\n";
  for (const TaskReport& report : evaluation.tasks) html += task_section(report);
  for (const auto& [task, reason] : evaluation.left_out) {
    html += fmt::format("<p>{}: left out, {}</p>\n", html_escaped(task), html_escaped(reason));
  }
  html += "<h2>How it was measured</h2>\n";
  for (const std::string& line : measurement_notes(evaluation)) {
    html += fmt::format("<p class='soft'>{}</p>\n", html_escaped(line));
  }
  return html_page("jetson-nlp evaluation", html);
}

}  // namespace jnlp
