#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jnlp {

/// `text` so that it stands in HTML, in an attribute too, as it is.
std::string html_escaped(std::string_view text);

/// A whole page that needs nothing else: no script, no network; light or dark as the reader's
/// system is. `body` is HTML.
std::string html_page(const std::string& title, const std::string& body);

/// A bar of a chart.
struct Bar {
  std::string label;
  double value = 0;
  std::string text;  ///< behind the bar, for example "1.25 ms"
};

/// Horizontal bars from 0, as inline SVG; the greatest value fills the width.
std::string bar_chart(const std::string& title, const std::vector<Bar>& bars);

/// A dot of a chart.
struct Dot {
  std::string label;
  double value = 0;  ///< in [0, 1], as the interval is
  double low = 0;
  double high = 0;
};

/// Dots with their intervals on an axis from 0 to 1, as inline SVG.
std::string share_chart(const std::string& title, const std::vector<Dot>& dots);

}  // namespace jnlp
