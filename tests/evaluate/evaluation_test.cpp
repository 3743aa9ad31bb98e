// The whole way from examples to a report, with fake models whose answers are known.
#include <gtest/gtest.h>

#include "base/error.h"
#include "evaluate/classification_evaluation.h"
#include "evaluate/evaluation_output.h"
#include "evaluate/ner_evaluation.h"

namespace jnlp {
namespace {

using Tags = std::vector<std::string>;

const Metric& metric(const TaskReport& report, const std::string& key) {
  for (const Metric& each : report.metrics) {
    if (each.key == key) return each;
  }
  throw std::runtime_error("no metric " + key);
}

std::vector<Classification> by_first_letter(std::span<const std::string> texts) {
  std::vector<Classification> results;
  for (const std::string& text : texts) {
    const bool good = text.starts_with("g");
    results.push_back({{{good ? "POSITIVE" : "NEGATIVE", 0.9F}}, 3, text.size() > 10});
  }
  return results;
}

TEST(EvaluateClassification, CountsWhatAgrees) {
  const std::vector<ClassificationExample> examples = {
      {"good", "1"}, {"bad", "0"}, {"great but long", "0"}, {"grand", "1"}};
  TaskReport report;
  report.task = "sentiment";
  evaluate_classification(examples, {"NEGATIVE", "POSITIVE"}, by_first_letter, {}, &report);
  EXPECT_EQ(report.samples, 4U);
  EXPECT_EQ(report.truncated, 1U);
  EXPECT_EQ(report.performance.tokens, 12);
  EXPECT_DOUBLE_EQ(metric(report, "accuracy").value, 0.75);
  EXPECT_LE(metric(report, "accuracy").interval.low, 0.75);
  EXPECT_GE(metric(report, "accuracy").interval.high, 0.75);
  EXPECT_EQ(report.details.at("confusion_matrix"), OrderedJson::parse("[[1, 1], [0, 2]]"));
  EXPECT_EQ(report.details.at("label_mapping").at("1"), "POSITIVE");
  ASSERT_EQ(report.predictions.size(), 4U);
  EXPECT_EQ(report.predictions[2].at("correct"), false);
  EXPECT_EQ(report.predictions[2].at("expected"), "NEGATIVE");
}

TEST(EvaluateClassification, ASubsetIsTheSameForTheSameSeed) {
  std::vector<ClassificationExample> examples;
  for (int i = 0; i < 50; ++i) examples.push_back({"g" + std::to_string(i), i % 2 ? "1" : "0"});
  EvaluateOptions options;
  options.samples = 7;
  options.seed = 3;
  TaskReport first;
  TaskReport second;
  evaluate_classification(examples, {"NEGATIVE", "POSITIVE"}, by_first_letter, options, &first);
  evaluate_classification(examples, {"NEGATIVE", "POSITIVE"}, by_first_letter, options, &second);
  EXPECT_EQ(first.samples, 7U);
  EXPECT_EQ(first.dataset_size, 50U);
  for (size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(first.predictions[i].at("sample"), second.predictions[i].at("sample"));
  }
  EXPECT_EQ(metric(first, "accuracy").interval.low, metric(second, "accuracy").interval.low);
}

// A tagger that gives every word in upper case this label.
WordTagger upper_case_words_are(const std::string& label) {
  return [label](std::span<const Tags> sentences) {
    std::vector<WordTags> results;
    for (const Tags& words : sentences) {
      WordTags tags;
      for (const std::string& word : words) {
        tags.labels.push_back(word[0] >= 'A' && word[0] <= 'Z' ? label : "O");
      }
      tags.scores.assign(words.size(), 1);
      tags.tokens = static_cast<int64_t>(words.size()) + 2;
      tags.windows = words.size() > 3 ? 2 : 1;
      results.push_back(tags);
    }
    return results;
  };
}

const std::vector<NerExample> kSentences = {
    {{"Ada", "met", "Bob"}, {"B-PER", "O", "B-PER"}},
    {{"in", "Rome", "and", "Oslo"}, {"O", "B-LOC", "O", "B-LOC"}},
};

TEST(EvaluateNer, ScoresBothReadingsAndNamesTypesOfOneSide) {
  TaskReport report;
  evaluate_ner(kSentences, {"O", "B-PER", "I-PER", "B-ORG"}, upper_case_words_are("B-PER"), {},
               &report);
  EXPECT_DOUBLE_EQ(metric(report, "seqeval_precision").value, 0.5);
  EXPECT_DOUBLE_EQ(metric(report, "seqeval_recall").value, 0.5);
  EXPECT_DOUBLE_EQ(metric(report, "strict_iob2_f1").value, 0.5);
  EXPECT_DOUBLE_EQ(metric(report, "word_accuracy").value, 5.0 / 7);
  EXPECT_EQ(report.windowed, 1U);
  EXPECT_EQ(report.performance.tokens, 11);
  EXPECT_EQ(report.details.at("types_only_in_data"), OrderedJson::parse("[\"LOC\"]"));
  EXPECT_EQ(report.details.at("types_only_in_model"), OrderedJson::parse("[\"ORG\"]"));
  EXPECT_EQ(report.notes.size(), 2U);
}

TEST(EvaluateNer, StrictReadingSeesNoEntityThatBeginsInside) {
  TaskReport report;
  evaluate_ner(kSentences, {"O", "B-PER", "I-PER"}, upper_case_words_are("I-PER"), {}, &report);
  EXPECT_DOUBLE_EQ(metric(report, "seqeval_recall").value, 0.5);
  EXPECT_DOUBLE_EQ(metric(report, "strict_iob2_recall").value, 0);
}

TEST(EvaluateNer, LabelsOfOtherSchemesAreReadAsIob2) {
  for (const Tags& labels :
       {Tags{"O", "S-PER", "B-PER", "E-PER"}, Tags{"O", "I-PER"}, Tags{"O", "PER"}}) {
    TaskReport report;
    evaluate_ner(kSentences, labels, upper_case_words_are(labels[1]), {}, &report);
    EXPECT_DOUBLE_EQ(metric(report, "strict_iob2_recall").value, 0.5) << labels[1];
  }
}

TEST(EvaluateNer, NoCommonTypeIsRefused) {
  TaskReport report;
  try {
    evaluate_ner(kSentences, {"O", "B-GENE"}, upper_case_words_are("B-GENE"), {}, &report);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("GENE, the data set LOC, PER"), std::string::npos);
  }
}

TEST(EvaluationOutput, HoldsResultsFailuresAndWhatIsLeftOut) {
  Evaluation evaluation;
  evaluation.threads = 2;
  evaluation.left_out = {{"chat", "not in this version"}};
  TaskReport report;
  report.task = "sentiment";
  report.dataset_name = "smoke";
  evaluate_classification({{"good", "1"}, {"bad", "0"}}, {"NEGATIVE", "POSITIVE"}, by_first_letter,
                          {}, &report);
  evaluation.tasks.push_back(report);
  TaskReport failed;
  failed.task = "ner";
  failed.failure = "no such model";
  evaluation.tasks.push_back(failed);

  const std::string text = evaluation_text(evaluation);
  EXPECT_NE(text.find("sentiment  smoke        2  accuracy"), std::string::npos) << text;
  EXPECT_NE(text.find("failed: no such model"), std::string::npos);
  EXPECT_NE(text.find("left out: not in this version"), std::string::npos);

  const OrderedJson json = evaluation_json(evaluation);
  EXPECT_EQ(json.at("tasks")[0].at("metrics").at("accuracy").at("value"), 1.0);
  EXPECT_TRUE(json.at("tasks")[0].at("load_and_memory").at("device_memory_bytes").is_null());
  EXPECT_EQ(json.at("tasks")[1].at("status"), "failed");
  EXPECT_EQ(json.at("tasks")[1].at("reason"), "no such model");
  EXPECT_EQ(json.at("left_out")[0].at("task"), "chat");
}

}  // namespace
}  // namespace jnlp
