#include "evaluate/classification_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "evaluate/label_mapping.h"
#include "evaluate/measure.h"
#include "evaluate/metric_name.h"
#include "evaluate/metrics/bootstrap.h"
#include "evaluate/metrics/confusion_matrix.h"
#include "evaluate/random.h"

namespace jnlp {
namespace {

struct Sample {
  uint32_t expected;
  uint32_t predicted;
};

std::vector<std::string> labels_of(const std::vector<ClassificationExample>& examples) {
  std::set<std::string> labels;
  for (const auto& example : examples) labels.insert(example.label);
  return {labels.begin(), labels.end()};
}

uint32_t label_index(const std::vector<std::string>& labels, const std::string& label) {
  const auto found = std::find(labels.begin(), labels.end(), label);
  return static_cast<uint32_t>(found - labels.begin());
}

ConfusionMatrix matrix_of(const std::vector<Sample>& samples, size_t classes) {
  ConfusionMatrix matrix(classes);
  for (const Sample& sample : samples) matrix.add(sample.expected, sample.predicted);
  return matrix;
}

std::vector<double> metric_values(const ConfusionMatrix& matrix) {
  const AveragedScores averages = averages_of(matrix.class_counts());
  return {matrix.accuracy(),        averages.macro.f1,    averages.macro.precision,
          averages.macro.recall,    averages.weighted.f1, averages.weighted.precision,
          averages.weighted.recall, matrix.matthews()};
}

constexpr MetricName kClassificationMetrics[] = {
    {"accuracy", "accuracy", true},
    {"macro_f1", "F1 (macro)", true},
    {"macro_precision", "precision (macro)", true},
    {"macro_recall", "recall (macro)", true},
    {"weighted_f1", "F1 (weighted)", false},
    {"weighted_precision", "precision (weighted)", false},
    {"weighted_recall", "recall (weighted)", false},
    {"matthews", "Matthews correlation", true},
};

std::vector<Metric> metrics_of(const std::vector<Sample>& samples, size_t classes,
                               const EvaluateOptions& options) {
  const auto resampled = [&](std::span<const uint32_t> drawn) {
    ConfusionMatrix matrix(classes);
    for (const uint32_t i : drawn) matrix.add(samples[i].expected, samples[i].predicted);
    return metric_values(matrix);
  };
  const auto intervals =
      bootstrap_intervals(samples.size(), resampled, {options.resamples, 0.95, options.seed});
  const auto values = metric_values(matrix_of(samples, classes));
  return named_metrics(kClassificationMetrics, values, intervals);
}

OrderedJson details_of(const ConfusionMatrix& matrix, const std::vector<std::string>& labels,
                       const LabelMapping& mapping) {
  OrderedJson details = {{"labels", labels}, {"label_mapping_rule", mapping.rule}};
  for (const auto& [label, index] : mapping.model_index) {
    details["label_mapping"][label] = labels[index];
  }
  const auto counts = matrix.class_counts();
  for (size_t c = 0; c < labels.size(); ++c) {
    const PrecisionRecallF1 scores = scores_of(counts[c]);
    details["per_class"][labels[c]] = {{"precision", scores.precision},
                                       {"recall", scores.recall},
                                       {"f1", scores.f1},
                                       {"support", counts[c].expected},
                                       {"predicted", counts[c].predicted}};
    OrderedJson row = OrderedJson::array();
    for (size_t p = 0; p < labels.size(); ++p) row.push_back(matrix.at(c, p));
    details["confusion_matrix"].push_back(row);  // rows expected, columns predicted
  }
  return details;
}

Measured<Classification> run_texts(const std::vector<std::string>& texts,
                                   const TextPredictor& predict, const std::string& label,
                                   int64_t batch_size) {
  const auto run = [&](size_t begin, size_t end) {
    return predict(std::span<const std::string>(texts).subspan(begin, end - begin));
  };
  const auto same = [](const Classification& a, const Classification& b) {
    return a.labels.front().label == b.labels.front().label &&
           a.labels.front().score == b.labels.front().score;
  };
  return Measurement<Classification>(texts.size(), run, same, {label, batch_size}).measure();
}

}  // namespace

void evaluate_classification(const std::vector<ClassificationExample>& examples,
                             const std::vector<std::string>& model_labels,
                             const TextPredictor& predict, const EvaluateOptions& options,
                             TaskReport* report) {
  const LabelMapping mapping = map_labels(labels_of(examples), model_labels);
  const auto chosen = choose_subset(examples.size(), options);
  std::vector<std::string> texts;
  texts.reserve(chosen.size());
  for (const size_t i : chosen) texts.push_back(examples[i].text);
  const auto measured = run_texts(texts, predict, report->task, options.batch_size);

  std::vector<Sample> samples;
  for (size_t i = 0; i < chosen.size(); ++i) {
    const Classification& result = measured.results[i];
    const LabelScore& best = result.labels.front();
    const size_t expected = mapping.model_index.at(examples[chosen[i]].label);
    samples.push_back({static_cast<uint32_t>(expected), label_index(model_labels, best.label)});
    if (result.truncated) ++report->truncated;
    report->predictions.push_back({{"task", report->task},
                                   {"sample", chosen[i]},
                                   {"text", texts[i]},
                                   {"expected", model_labels[expected]},
                                   {"predicted", best.label},
                                   {"score", best.score},
                                   {"correct", model_labels[expected] == best.label},
                                   {"truncated", result.truncated},
                                   {"latency_ms", measured.latencies_ms[i]}});
  }
  report->dataset_size = examples.size();
  report->samples = samples.size();
  report->performance = measured.performance;
  report->metrics = metrics_of(samples, model_labels.size(), options);
  report->details = details_of(matrix_of(samples, model_labels.size()), model_labels, mapping);
}

}  // namespace jnlp
