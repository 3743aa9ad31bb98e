#include "report/html.h"

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

constexpr int kLabelWidth = 210;
constexpr int kPlotWidth = 420;
constexpr int kRowHeight = 26;
constexpr int kWidth = kLabelWidth + kPlotWidth + 190;

std::string svg(size_t rows, const std::string& title, const std::string& content) {
  const size_t height = rows * kRowHeight + 30;
  return fmt::format("<svg viewBox='0 0 {} {}' width='{}' role='img' aria-label='{}'>{}</svg>\n",
                     kWidth, height, kWidth, html_escaped(title), content);
}

}  // namespace

std::string html_escaped(std::string_view text) {
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
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string html_page(const std::string& title, const std::string& body) {
  return fmt::format(
      "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
      "<meta name='viewport' content='width=device-width'><title>{}</title>"
      "<style>{}</style></head><body>\n{}</body></html>\n",
      html_escaped(title), kStyle, body);
}

std::string bar_chart(const std::string& title, const std::vector<Bar>& bars) {
  double greatest = 1e-9;
  for (const Bar& bar : bars) greatest = std::max(greatest, bar.value);
  std::string content;
  int row = 0;
  for (const Bar& bar : bars) {
    const int y = row++ * kRowHeight;
    const double width = kPlotWidth * bar.value / greatest;
    content += fmt::format(
        "<text x='0' y='{}'>{}</text><rect class='bar' x='{}' y='{}' width='{:.1f}' height='16'/>"
        "<text x='{:.1f}' y='{}'>{}</text>",
        y + 20, html_escaped(bar.label), kLabelWidth, y + 7, width, kLabelWidth + width + 8, y + 20,
        html_escaped(bar.text));
  }
  return svg(bars.size(), title, content);
}

std::string share_chart(const std::string& title, const std::vector<Dot>& dots) {
  std::string content;
  int row = 0;
  const auto x = [](double value) {
    return kLabelWidth + kPlotWidth * std::clamp(value, 0.0, 1.0);
  };
  for (const Dot& dot : dots) {
    const int y = row++ * kRowHeight + 16;
    content += fmt::format(
        "<text x='0' y='{}'>{}</text><line class='whisker' x1='{:.1f}' x2='{:.1f}' y1='{}' "
        "y2='{}'/>"
        "<circle class='bar' cx='{:.1f}' cy='{}' r='5'/>"
        "<text x='{}' y='{}'>{:.4f} <tspan class='soft'>{:.4f}-{:.4f}</tspan></text>",
        y + 4, html_escaped(dot.label), x(dot.low), x(dot.high), y, y, x(dot.value), y,
        kLabelWidth + kPlotWidth + 12, y + 4, dot.value, dot.low, dot.high);
  }
  const int bottom = row * kRowHeight + 6;
  for (const double tick : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    content += fmt::format(
        "<line class='line' x1='{0:.1f}' x2='{0:.1f}' y1='0' y2='{1}'/>"
        "<text class='soft' x='{0:.1f}' y='{2}' text-anchor='middle'>{3}</text>",
        x(tick), bottom, bottom + 16, tick);
  }
  return svg(dots.size(), title, content);
}

}  // namespace jnlp
