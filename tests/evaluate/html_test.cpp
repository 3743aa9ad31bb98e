#include "evaluate/evaluation_html.h"

#include <gtest/gtest.h>

#include "evaluate/classification_evaluation.h"

namespace jnlp {
namespace {

// Enough of XML to see that every element that opens is closed in order.
std::string first_unbalanced(const std::string& html) {
  std::vector<std::string> open;
  for (size_t i = html.find('<'); i != std::string::npos; i = html.find('<', i + 1)) {
    const size_t end = html.find('>', i);
    const std::string tag = html.substr(i + 1, end - i - 1);
    const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
    if (tag[0] == '!' || tag.back() == '/' || name == "meta") continue;
    if (tag[0] != '/') {
      open.push_back(name);
    } else if (open.empty() || "/" + open.back() != tag) {
      return tag;
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

TEST(EvaluationHtml, IsOneWellFormedPageWithEscapedText) {
  TaskReport report;
  report.task = "sentiment";
  report.dataset_name = "<a> & b";
  const auto all_first = [](std::span<const std::string> texts) {
    return std::vector<Classification>(texts.size(), {{{"<x>", 1.0F}}, 2, false});
  };
  evaluate_classification({{"one", "<x>"}, {"two", "y"}}, {"<x>", "y"}, all_first, {}, &report);
  Evaluation evaluation;
  evaluation.tasks.push_back(report);
  evaluation.tasks.push_back({});
  evaluation.tasks.back().failure = "a < b";
  evaluation.tasks.push_back({});
  evaluation.tasks.back().generation = GenerationSpeed();  // of a task without a metric
  evaluation.left_out = {{"chat", "later"}};
  const std::string html = evaluation_html(evaluation);
  EXPECT_EQ(first_unbalanced(html), "");
  EXPECT_NE(html.find("&lt;a&gt; &amp; b"), std::string::npos);
  EXPECT_NE(html.find("a &lt; b"), std::string::npos);
  EXPECT_EQ(html.find("<x>"), std::string::npos);
  EXPECT_NE(html.find("Language model"), std::string::npos);
  EXPECT_NE(html.find("0.5000"), std::string::npos);
  for (const char* foreign : {"http:", "https:", "<script", "src="}) {
    EXPECT_EQ(html.find(foreign), std::string::npos) << foreign;
  }
}

}  // namespace
}  // namespace jnlp
