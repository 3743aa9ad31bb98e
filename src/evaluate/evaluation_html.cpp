#include "evaluate/evaluation_html.h"

#include <fmt/format.h>

#include <algorithm>

namespace jnlp {
namespace {

// Blue for values, grey for what frames them: both have a contrast above 3:1 on white and on the
// dark background, and no meaning depends on the colour alone.
constexpr const char* kStyle = R"(
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--line:#c5ccd3;--bar:#2563a8;--back:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebee;--soft:#9aa4ae;--line:#444c55;--bar:#6ea8e6;--back:#15181c}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back);max-width:60rem;margin:2rem auto;padding:0 1rem}
h1,h2,h3{line-height:1.2}h2{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:1rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:.2rem .8rem .2rem 0;text-align:left}
td.n,th.n{text-align:right}svg{max-width:100%;height:auto}svg text{fill:var(--ink);font:13px system-ui,sans-serif}
.soft{color:var(--soft)}svg .soft{fill:var(--soft)}svg .bar{fill:var(--bar)}svg .line{stroke:var(--line)}svg .whisker{stroke:var(--bar);stroke-width:2}
)";

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

constexpr int kLabelWidth = 210;
constexpr int kPlotWidth = 420;
constexpr int kRowHeight = 26;
constexpr int kWidth = kLabelWidth + kPlotWidth + 190;

std::string svg(int rows, const std::string& title, const std::string& content) {
  const int height = rows * kRowHeight + 30;
  return fmt::format("<svg viewBox='0 0 {} {}' width='{}' role='img' aria-label='{}'>{}</svg>\n",
                     kWidth, height, kWidth, escaped(title), content);
}

// A dot with its interval on an axis from 0 to 1 for each metric.
std::string metrics_chart(const TaskReport& report) {
  std::string content;
  int row = 0;
  const auto x = [](double value) {
    return kLabelWidth + kPlotWidth * std::clamp(value, 0.0, 1.0);
  };
  for (const Metric& metric : report.metrics) {
    if (!metric.in_table || !metric.is_share) continue;
    const int y = row++ * kRowHeight + 16;
    content += fmt::format(
        "<text x='0' y='{}'>{}</text><line class='whisker' x1='{:.1f}' x2='{:.1f}' y1='{}' "
        "y2='{}'/>"
        "<circle class='bar' cx='{:.1f}' cy='{}' r='5'/>"
        "<text x='{}' y='{}'>{:.4f} <tspan class='soft'>{:.4f}-{:.4f}</tspan></text>",
        y + 4, escaped(metric.name), x(metric.interval.low), x(metric.interval.high), y, y,
        x(metric.value), y, kLabelWidth + kPlotWidth + 12, y + 4, metric.value, metric.interval.low,
        metric.interval.high);
  }
  const int bottom = row * kRowHeight + 6;
  for (const double tick : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    content += fmt::format(
        "<line class='line' x1='{0:.1f}' x2='{0:.1f}' y1='0' y2='{1}'/>"
        "<text class='soft' x='{0:.1f}' y='{2}' text-anchor='middle'>{3}</text>",
        x(tick), bottom, bottom + 16, tick);
  }
  return svg(row, "Metrics of " + report.task + " with 95 % intervals", content);
}

// Metrics that have no place on an axis from 0 to 1.
std::string other_metrics_table(const TaskReport& report) {
  std::string rows;
  for (const Metric& metric : report.metrics) {
    if (!metric.in_table || metric.is_share) continue;
    rows += fmt::format(
        "<tr><th>{}</th><td class='n'>{:.4f}</td><td class='soft'>{:.4f}-{:.4f}</td></tr>",
        escaped(metric.name), metric.value, metric.interval.low, metric.interval.high);
  }
  return rows.empty() ? rows : "<table>" + rows + "</table>\n";
}

std::string latency_chart(const Performance& speed) {
  const std::pair<const char*, double> bars[] = {{"p50", speed.latency_p50_ms},
                                                 {"p95", speed.latency_p95_ms},
                                                 {"p99", speed.latency_p99_ms},
                                                 {"greatest", speed.latency_max_ms}};
  const double greatest = std::max(speed.latency_max_ms, 1e-9);
  std::string content;
  int row = 0;
  for (const auto& [name, value] : bars) {
    const int y = row++ * kRowHeight;
    const double width = kPlotWidth * value / greatest;
    content += fmt::format(
        "<text x='0' y='{}'>{}</text><rect class='bar' x='{}' y='{}' width='{:.1f}' height='16'/>"
        "<text x='{:.1f}' y='{}'>{:.2f} ms</text>",
        y + 20, name, kLabelWidth, y + 7, width, kLabelWidth + width + 8, y + 20, value);
  }
  return svg(row, "Latency per sample", content);
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
    html += fmt::format("<tr><th>{}</th><td>{}</td></tr>", name, escaped(value));
  }
  if (report.generation) {
    html += fmt::format("<tr><th>Language model</th><td>{}</td></tr>",
                        escaped(to_text(*report.generation)));
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
        escaped(name), row.at("precision").get<double>(), row.at("recall").get<double>(),
        row.at("f1").get<double>(), row.at("support").get<int64_t>());
  }
  return html + "</table>\n";
}

std::string confusion_table(const OrderedJson& details) {
  const OrderedJson& labels = details.at("labels");
  std::string html = "<h3>Confusion matrix</h3><table><tr><th>expected \\ predicted</th>";
  for (const auto& label : labels) {
    html += fmt::format("<th class='n'>{}</th>", escaped(label.get<std::string>()));
  }
  html += "</tr>";
  for (size_t row = 0; row < labels.size(); ++row) {
    html += fmt::format("<tr><th>{}</th>", escaped(labels[row].get<std::string>()));
    for (const auto& cell : details.at("confusion_matrix")[row]) {
      html += fmt::format("<td class='n'>{}</td>", cell.get<int64_t>());
    }
    html += "</tr>";
  }
  return html + "</table>\n";
}

std::string task_section(const TaskReport& report) {
  std::string html = fmt::format("<h2>{}</h2>\n", escaped(report.task));
  if (!report.failure.empty()) {
    return html + fmt::format("<p><strong>Failed:</strong> {}</p>\n", escaped(report.failure));
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
  for (const std::string& note : report.notes) html += fmt::format("<p>{}</p>\n", escaped(note));
  return html;
}

}  // namespace

std::string evaluation_html(const Evaluation& evaluation) {
  std::string html = fmt::format(
      "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
      "<meta name='viewport' content='width=device-width'><title>jetson-nlp evaluation</title>"
      "<style>{}</style></head><body>\n<h1>Evaluation</h1>\n",
      kStyle);
  for (const TaskReport& report : evaluation.tasks) html += task_section(report);
  for (const auto& [task, reason] : evaluation.left_out) {
    html += fmt::format("<p>{}: left out, {}</p>\n", escaped(task), escaped(reason));
  }
  html += "<h2>How it was measured</h2>\n";
  for (const std::string& line : measurement_notes(evaluation)) {
    html += fmt::format("<p class='soft'>{}</p>\n", escaped(line));
  }
  return html + "</body></html>\n";
}

}  // namespace jnlp
