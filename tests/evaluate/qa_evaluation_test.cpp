// From questions to a report, with a fake reader whose answers are known.
#include "evaluate/qa_evaluation.h"

#include <gtest/gtest.h>

#include <map>

namespace jnlp {
namespace {

const std::map<std::string, std::string> kAnswers = {
    {"Who?", "The Ada"}, {"Where?", "in Rome"}, {"When?", ""}, {"Why?", "because"}};

std::vector<Answers> answer(std::span<const QuestionContext> inputs, bool may_be_empty) {
  std::vector<Answers> results;
  for (const QuestionContext& input : inputs) {
    Answers result;
    result.tokens = 10;
    result.windows = input.question == "Why?" ? 2 : 1;
    const std::string& text = kAnswers.at(input.question);
    if (!text.empty() || may_be_empty) {
      result.answers.push_back({text, 0.5F, {0, static_cast<uint32_t>(text.size())}});
    }
    results.push_back(result);
  }
  return results;
}

QaExample qa_question(const std::string& text, const std::vector<std::string>& references) {
  QaExample example;
  example.id = text;
  example.question = text;
  example.context = "c";
  for (const std::string& reference : references) example.answers.push_back({reference, -1});
  example.is_impossible = references.empty();
  return example;
}

std::map<std::string, double> checked_values(const TaskReport& report) {
  std::map<std::string, double> found;
  for (const Metric& metric : report.metrics) {
    found[metric.key] = metric.value;
    EXPECT_LE(metric.interval.low, metric.value + 1e-12) << metric.key;
    EXPECT_GE(metric.interval.high, metric.value - 1e-12) << metric.key;
  }
  return found;
}

TEST(EvaluateQa, Squad11) {
  TaskReport report;
  evaluate_qa({qa_question("Who?", {"Ada", "her"}), qa_question("Where?", {"Rome"}),
               qa_question("Why?", {"no reason"}), qa_question("When?", {"today"})},
              answer, {}, &report);
  const auto found = checked_values(report);
  EXPECT_EQ(report.details.at("rules"), "SQuAD 1.1");
  EXPECT_DOUBLE_EQ(found.at("exact_match"), 0.25);
  EXPECT_DOUBLE_EQ(found.at("f1"), (1 + 2.0 / 3) / 4);
  EXPECT_EQ(found.count("no_answer_f1"), 0U);
  EXPECT_EQ(report.windowed, 1U);
  EXPECT_EQ(report.performance.tokens, 40);
  EXPECT_EQ(report.predictions[3].at("predicted"), "");
}

TEST(EvaluateQa, Squad20WhenSomeQuestionsHaveNoAnswer) {
  TaskReport report;
  evaluate_qa({qa_question("Who?", {"Ada"}), qa_question("Where?", {}), qa_question("When?", {})},
              answer, {}, &report);
  const auto found = checked_values(report);
  EXPECT_EQ(report.details.at("rules"), "SQuAD 2.0");
  EXPECT_EQ(report.details.at("unanswerable"), 2);
  EXPECT_DOUBLE_EQ(found.at("exact_match"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(found.at("has_answer_exact_match"), 1);
  EXPECT_DOUBLE_EQ(found.at("no_answer_f1"), 0.5);
}

}  // namespace
}  // namespace jnlp
