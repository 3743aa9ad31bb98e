// From documents to a report, with a fake summarizer whose summaries are known.
#include "evaluate/summarization_evaluation.h"

#include <gtest/gtest.h>

#include <map>

#include "base/error.h"
#include "evaluate/evaluation_html.h"
#include "evaluate/evaluation_output.h"

namespace jnlp {
namespace {

const std::vector<SummarizationExample> kExamples = {
    {"a", "A cat sat. A dog ran. A cow ate. A hen slept.", "A hen slept."},
    {"b", "Rain fell. Wind blew. Snow came. Ice broke.", "Ice broke.\nRain fell."},
};

// The last sentence of each document, as a generator would give it: without places.
std::vector<Summary> last_sentence(std::span<const std::string> documents) {
  std::vector<Summary> summaries;
  for (const std::string& document : documents) {
    Summary summary;
    const size_t stop = document.rfind('.', document.size() - 2);
    summary.text = document.substr(stop + 2);
    summary.tokens = 10;
    summary.truncated = document.starts_with("Rain");
    summaries.push_back(summary);
  }
  return summaries;
}

TaskReport evaluated() {
  TaskReport report;
  report.task = "summarization";
  report.dataset_name = "mine";
  evaluate_summarization(kExamples, last_sentence, RougeTokens::ascii, {}, &report);
  return report;
}

std::map<std::string, Metric> by_key(const TaskReport& report) {
  std::map<std::string, Metric> found;
  for (const Metric& metric : report.metrics) {
    found[metric.key] = metric;
    EXPECT_LE(metric.interval.low, metric.value + 1e-12) << metric.key;
    EXPECT_GE(metric.interval.high, metric.value - 1e-12) << metric.key;
  }
  return found;
}

TEST(EvaluateSummarization, MeansOverDocumentsBesideLead3) {
  const auto metrics = by_key(evaluated());
  // a: "a hen slept" is the reference; b: 2 of 2 words right, 2 of 4 found.
  EXPECT_DOUBLE_EQ(metrics.at("rouge1_precision").value, 1);
  EXPECT_DOUBLE_EQ(metrics.at("rouge1_recall").value, 0.75);
  EXPECT_DOUBLE_EQ(metrics.at("rouge1_f1").value, (1 + 2.0 / 3) / 2);
  EXPECT_DOUBLE_EQ(metrics.at("rouge2_f1").value, (1 + 0.5) / 2);
  // Lead-3 of a: 1 of 9 words, 1 of 3 found; of b: 2 of 6 words, 2 of 4 found.
  const double lead = (2 * (1.0 / 9) * (1.0 / 3) / (1.0 / 9 + 1.0 / 3) + 0.4) / 2;
  EXPECT_DOUBLE_EQ(metrics.at("lead3_rouge1_f1").value, lead);
  EXPECT_DOUBLE_EQ(metrics.at("rouge1_f1_minus_lead3").value, (1 + 2.0 / 3) / 2 - lead);
}

TEST(EvaluateSummarization, LengthsAreRatiosOfSums) {
  const auto metrics = by_key(evaluated());
  EXPECT_DOUBLE_EQ(metrics.at("length_ratio").value, 5.0 / 7);
  EXPECT_DOUBLE_EQ(metrics.at("compression").value, 20.0 / 5);
  EXPECT_FALSE(metrics.at("compression").is_share);
}

TEST(EvaluateSummarization, LsumSeesSentencesOfReferenceAndGeneratedText) {
  const std::vector<SummarizationExample> swapped = {
      {"a", "x.", "Ice broke today.\nRain fell there."}};
  const auto both = [](std::span<const std::string>) {
    Summary summary;
    summary.text = "Rain fell there. Ice broke today.";
    return std::vector<Summary>{summary};
  };
  TaskReport report;
  evaluate_summarization(swapped, both, RougeTokens::ascii, {}, &report);
  const auto metrics = by_key(report);
  EXPECT_DOUBLE_EQ(metrics.at("rougeL_f1").value, 0.5);
  EXPECT_DOUBLE_EQ(metrics.at("rougeLsum_f1").value, 1);
}

TEST(EvaluateSummarization, ReportHoldsTheRest) {
  const TaskReport report = evaluated();
  EXPECT_EQ(report.samples, 2U);
  EXPECT_EQ(report.truncated, 1U);
  EXPECT_EQ(report.performance.tokens, 20);
  EXPECT_EQ(report.details.at("rouge"), "rouge_score");
  EXPECT_EQ(report.details.at("mean_words").at("document"), 10.0);
  EXPECT_EQ(report.details.at("mean_summary_sentences"), 1.0);
  ASSERT_EQ(report.predictions.size(), 2U);
  EXPECT_EQ(report.predictions[1].at("id"), "b");
  EXPECT_EQ(report.predictions[1].at("expected"), "Ice broke.\nRain fell.");
  EXPECT_EQ(report.predictions[1].at("predicted"), "Ice broke.");
  EXPECT_DOUBLE_EQ(report.predictions[0].at("f1").at("rougeLsum").get<double>(), 1);
  ASSERT_EQ(report.notes.size(), 2U);
  EXPECT_NE(report.notes[0].find("ROUGE-1 +0.5"), std::string::npos) << report.notes[0];
  // "A cat sat." finds 1 of 3 words; "Rain fell." 2 of 4, both right.
  EXPECT_NE(report.notes[1].find("first 1 sentence,"), std::string::npos) << report.notes[1];
  EXPECT_DOUBLE_EQ(report.details.at("lead_of_same_length").at("rouge1").get<double>(), 0.5);
  EXPECT_FALSE(report.details.contains("written"));
}

TEST(EvaluateSummarization, WhatAModelWroteIsCountedInTokens) {
  const auto written = [](std::span<const std::string> documents) {
    std::vector<Summary> summaries = last_sentence(documents);
    for (Summary& summary : summaries) summary.generated_tokens = 4;
    summaries[0].sections = 3;
    return summaries;
  };
  TaskReport report;
  evaluate_summarization(kExamples, written, RougeTokens::ascii, {}, &report);
  const OrderedJson& details = report.details.at("written");
  EXPECT_EQ(details.at("mean_read_tokens"), 10.0);
  EXPECT_EQ(details.at("mean_generated_tokens"), 4.0);
  EXPECT_EQ(details.at("documents_in_sections"), 1);
  EXPECT_EQ(report.notes.size(), 3U);
}

TEST(EvaluateSummarization, TablesAndPageShowTheBaseline) {
  Evaluation evaluation;
  evaluation.tasks.push_back(evaluated());
  const std::string text = evaluation_text(evaluation);
  EXPECT_NE(text.find("ROUGE-2 F1, lead-3"), std::string::npos) << text;
  EXPECT_NE(text.find("nothing was loaded"), std::string::npos) << text;
  EXPECT_EQ(text.find("ROUGE-1 precision"), std::string::npos);  // in the JSON result only
  const OrderedJson json = evaluation_json(evaluation).at("tasks")[0];
  EXPECT_TRUE(json.at("metrics").contains("rougeLsum_precision"));
  EXPECT_TRUE(json.at("load_and_memory").at("first_seconds").is_null());
  const std::string html = evaluation_html(evaluation);
  EXPECT_NE(html.find("ROUGE-L F1, lead-3"), std::string::npos);
  EXPECT_NE(html.find("document (x summary)"), std::string::npos);
}

TEST(EvaluateSummarization, EmptySummariesScoreNothingAndBreakNothing) {
  const auto nothing = [](std::span<const std::string> documents) {
    return std::vector<Summary>(documents.size());
  };
  TaskReport report;
  evaluate_summarization(kExamples, nothing, RougeTokens::unicode, {}, &report);
  const auto metrics = by_key(report);
  EXPECT_EQ(metrics.at("rougeLsum_f1").value, 0);
  EXPECT_EQ(metrics.at("length_ratio").value, 0);
  EXPECT_EQ(metrics.at("compression").value, 0);  // not infinite
  EXPECT_EQ(report.details.at("mean_summary_sentences"), 0.0);
  EXPECT_EQ(report.details.at("rouge"), "Unicode words");
}

TEST(EvaluateSummarization, AFailureNamesTheSample) {
  const auto fail_second = [](std::span<const std::string> documents) {
    if (documents.front().starts_with("Rain")) throw Error(ErrorCode::io, "no more");
    return last_sentence(documents);
  };
  TaskReport report;
  try {
    evaluate_summarization(kExamples, fail_second, RougeTokens::ascii, {}, &report);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "sample 2: no more");
  }
}

}  // namespace
}  // namespace jnlp
