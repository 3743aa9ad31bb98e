#include <fmt/format.h>

#include <functional>

#include "llm/comparison_notes.h"
#include "llm/comparison_output.h"
#include "report/html.h"

namespace jnlp {
namespace {

using Figure = std::function<std::optional<double>(const MethodResult&)>;

// A bar per method that has the figure; nothing when none has.
std::string chart(const LlmComparison& comparison, const std::string& title, const Figure& figure,
                  const std::string& unit, int digits) {
  std::vector<Bar> bars;
  for (const MethodResult& method : comparison.methods) {
    if (!method.failure.empty()) continue;
    const std::optional<double> value = figure(method);
    if (value)
      bars.push_back({method.method, *value, fmt::format("{:.{}f} {}", *value, digits, unit)});
  }
  if (bars.empty()) return {};
  return fmt::format("<h2>{}</h2>\n", html_escaped(title)) + bar_chart(title, bars);
}

std::optional<double> median_of(const std::optional<Spread>& spread) {
  return spread ? std::optional(spread->median) : std::nullopt;
}

std::string speed_charts(const LlmComparison& comparison) {
  return chart(
             comparison, "Writing: tokens per second after the first",
             [](const MethodResult& method) { return median_of(method.decode_per_second); },
             "tokens/s", 1) +
         chart(
             comparison, "Reading: tokens of the prompt per second",
             [](const MethodResult& method) { return median_of(method.prefill_per_second); },
             "tokens/s", 1) +
         chart(
             comparison, "Time to the first token, median",
             [](const MethodResult& method) { return std::optional(method.first_token_p50 * 1e3); },
             "ms", 1) +
         chart(
             comparison, "Latency of a request, mean",
             [](const MethodResult& method) { return std::optional(method.latency_mean); }, "s", 3);
}

std::string cost_charts(const LlmComparison& comparison) {
  return chart(
             comparison, "Resident memory at the peak",
             [](const MethodResult& method) -> std::optional<double> {
               if (!method.peak_memory) return std::nullopt;
               return static_cast<double>(*method.peak_memory) / 1e6;
             },
             "MB", 0) +
         chart(
             comparison, "Loading to the first token, files cached",
             [](const MethodResult& method) { return method.load.warm_seconds; }, "s", 2) +
         chart(
             comparison, "Loading to the first token, from disk",
             [](const MethodResult& method) { return method.load.cold_seconds; }, "s", 2);
}

std::string quality_chart(const LlmComparison& comparison) {
  std::vector<Dot> dots;
  for (const MethodResult& method : comparison.methods) {
    for (const QualityResult& quality : method.quality) {
      dots.push_back(
          {fmt::format("{}: {}, {}", method.method, quality.set, to_string(quality.form)),
           quality.accuracy, quality.interval.low, quality.interval.high});
    }
  }
  if (dots.empty()) return {};
  return "<h2>Right answers</h2>\n" + share_chart("Right answers with 95 % intervals", dots);
}

std::string failures(const LlmComparison& comparison) {
  std::string html;
  for (const MethodResult& method : comparison.methods) {
    if (method.failure.empty()) continue;
    html += fmt::format("<p><strong>{} failed:</strong> {}</p>\n", html_escaped(method.method),
                        html_escaped(method.failure));
  }
  return html;
}

std::string texts(const LlmComparison& comparison) {
  std::string html = "<h2>What they wrote</h2>\n";
  for (size_t i = 0; i < comparison.options.prompts.size(); ++i) {
    html += fmt::format("<h3>{}</h3><table>", html_escaped(comparison.options.prompts[i]));
    for (const MethodResult& method : comparison.methods) {
      if (!method.failure.empty()) continue;
      html += fmt::format("<tr><th>{}</th><td>{}</td></tr>", html_escaped(method.method),
                          html_escaped(method.prompts[i].text));
    }
    html += "</table>\n";
  }
  return html;
}

}  // namespace

std::string comparison_html(const LlmComparison& comparison) {
  std::string html = "<h1>Comparison of language model runtimes</h1>\n" + failures(comparison);
  for (const std::string& finding : comparison.findings) {
    html += fmt::format("<p>{}</p>\n", html_escaped(finding));
  }
  html += speed_charts(comparison) + cost_charts(comparison) + quality_chart(comparison);
  html += texts(comparison) + "<h2>How it was measured</h2>\n";
  for (const std::string& note : comparison_notes(comparison)) {
    html += fmt::format("<p class='soft'>{}</p>\n", html_escaped(note));
  }
  return html_page("jetson-nlp: comparison of language model runtimes", html);
}

}  // namespace jnlp
