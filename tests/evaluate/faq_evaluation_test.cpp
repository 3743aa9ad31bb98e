// From questions to a report, with documents whose answers are known.
#include "evaluate/faq_evaluation.h"

#include <gtest/gtest.h>

#include <map>

#include "base/error.h"

namespace jnlp {
namespace {

ChatExample faq_question(const std::string& text, std::vector<std::string> answers,
                         const std::string& source) {
  ChatExample example;
  example.id = text;
  example.turns = {text};
  example.is_impossible = answers.empty() && source.empty();
  example.answers = std::move(answers);
  example.source = source;
  return example;
}

const std::map<std::string, FaqReply>& replies() {
  static const std::map<std::string, FaqReply> all = {
      {"right", {true, "It is 24 months.", "pair", {"a#1", "a#2"}, 0.9F, {}, 5}},
      {"second", {true, "Wrong.", "pair", {"a#2", "a#3"}, 0.8F, {}, 5}},
      {"missed", {false, "", "none", {"a#9", "a#8"}, 0.1F, {}, 5}},
      {"refused", {false, "", "none", {"a#9", "a#8"}, 0.1F, {}, 5}},
      {"invented", {true, "42", "pair", {"a#1", "a#2"}, 0.7F, {}, 5}}};
  return all;
}

FaqReply reply(const std::string& text) {
  return replies().at(text);
}

std::map<std::string, double> values(const TaskReport& report) {
  std::map<std::string, double> found;
  for (const Metric& metric : report.metrics) found[metric.key] = metric.value;
  return found;
}

TEST(EvaluateFaq, HitsAnswersAndRefusals) {
  TaskReport report;
  evaluate_faq({faq_question("right", {"24 months"}, "a#1"), faq_question("second", {"12"}, "a#3"),
                faq_question("missed", {"7"}, "a#5"), faq_question("refused", {}, ""),
                faq_question("invented", {}, "")},
               reply, {}, &report);
  const auto found = values(report);
  EXPECT_EQ(report.metrics[0].key, "answer_accuracy");
  EXPECT_DOUBLE_EQ(found.at("answer_accuracy"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(found.at("hit_at_1"), 1.0 / 3);
  EXPECT_DOUBLE_EQ(found.at("hit_at_2"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(found.at("answered"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(found.at("refused"), 0.5);
  EXPECT_EQ(report.details["unanswerable"], 2);
  EXPECT_EQ(report.performance.tokens, 25);
  EXPECT_FALSE(report.generation.has_value());
  EXPECT_EQ(report.predictions[0]["right"], true);
  EXPECT_TRUE(report.predictions[3]["right"].is_null());
}

TEST(EvaluateFaq, ASourceAloneIsEnough) {
  TaskReport report;
  evaluate_faq({faq_question("right", {}, "a#1")}, reply, {}, &report);
  const auto found = values(report);
  EXPECT_DOUBLE_EQ(found.at("hit_at_1"), 1);
  EXPECT_EQ(found.count("answer_accuracy"), 0U);
  EXPECT_EQ(found.count("refused"), 0U);
}

TEST(EvaluateFaq, RefusesWhatCannotBeScored) {
  TaskReport report;
  ChatExample unscored = faq_question("right", {}, "");
  unscored.is_impossible = false;
  EXPECT_THROW(evaluate_faq({unscored}, reply, {}, &report), Error);
  ChatExample turns = faq_question("right", {"a"}, "");
  turns.turns.emplace_back("and?");
  EXPECT_THROW(evaluate_faq({turns}, reply, {}, &report), Error);
}

}  // namespace
}  // namespace jnlp
