#include "evaluate/ner_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "evaluate/datasets/detect.h"
#include "evaluate/datasets/tag_schemes.h"
#include "evaluate/measure.h"
#include "evaluate/metric_name.h"
#include "evaluate/metrics/bootstrap.h"
#include "evaluate/metrics/entities.h"
#include "evaluate/random.h"

namespace jnlp {
namespace {

using Names = std::set<std::string>;

std::string type_of(const std::string& label) {
  return looks_like_tag(label) && label != "O" ? label.substr(2) : label;
}

std::string listed(const Names& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Names types_of_model(const std::vector<std::string>& labels) {
  Names types;
  for (const std::string& label : labels) {
    if (label != "O") types.insert(type_of(label));
  }
  return types;
}

Names types_of_data(const std::vector<NerExample>& examples) {
  Names types;
  for (const NerExample& example : examples) {
    for (const std::string& tag : example.tags) {
      if (tag != "O") types.insert(type_of(tag));
    }
  }
  return types;
}

Names difference(const Names& all, const Names& known) {
  Names rest;
  std::set_difference(all.begin(), all.end(), known.begin(), known.end(),
                      std::inserter(rest, rest.end()));
  return rest;
}

void compare_types(const Names& data, const Names& model, TaskReport* report) {
  const Names only_data = difference(data, model);
  const Names only_model = difference(model, data);
  if (!data.empty() && only_data.size() == data.size()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("the model knows the types {}, the data set {}: none is common to both",
                            listed(model), listed(data)));
  }
  if (!only_data.empty()) {
    report->notes.push_back(
        fmt::format("the model does not know the data set's types {}", listed(only_data)));
  }
  if (!only_model.empty()) {
    report->notes.push_back(fmt::format(
        "the data set has no {}: what the model calls so counts as wrong", listed(only_model)));
  }
  report->details["types_only_in_data"] = only_data;
  report->details["types_only_in_model"] = only_model;
}

// How the model's labels mark the words of an entity.
TagScheme scheme_of_labels(const std::vector<std::string>& labels) {
  const auto has = [&](std::string_view letters) {
    return std::any_of(labels.begin(), labels.end(), [&](const std::string& label) {
      return looks_like_tag(label) && letters.find(label[0]) != std::string_view::npos;
    });
  };
  if (has("ESLU")) return TagScheme::iobes;
  return has("B") ? TagScheme::iob2 : TagScheme::iob1;
}

std::vector<std::string> iob2_tags(const std::vector<std::string>& labels, TagScheme scheme) {
  std::vector<std::string> tags;
  tags.reserve(labels.size());
  for (const std::string& label : labels) {
    tags.push_back(looks_like_tag(label) ? label : "I-" + label);
  }
  to_iob2(scheme, &tags);
  return tags;
}

struct Counters {
  EntityCounter lenient{TagReading::lenient};
  EntityCounter strict{TagReading::strict_iob2};
  std::vector<std::pair<int64_t, int64_t>> words;  // per sentence: right ones, all

  void add(const std::vector<std::string>& expected, const std::vector<std::string>& predicted) {
    lenient.add(expected, predicted);
    strict.add(expected, predicted);
    int64_t right = 0;
    for (size_t i = 0; i < expected.size(); ++i) right += expected[i] == predicted[i] ? 1 : 0;
    words.emplace_back(right, static_cast<int64_t>(expected.size()));
  }
};

constexpr MetricName kNerMetrics[] = {
    {"seqeval_f1", "F1 (seqeval)", true},
    {"seqeval_precision", "precision (seqeval)", true},
    {"seqeval_recall", "recall (seqeval)", true},
    {"seqeval_macro_f1", "F1 (seqeval, macro)", false},
    {"strict_iob2_f1", "F1 (strict IOB2)", true},
    {"strict_iob2_precision", "precision (strict IOB2)", true},
    {"strict_iob2_recall", "recall (strict IOB2)", true},
    {"strict_iob2_macro_f1", "F1 (strict IOB2, macro)", false},
    {"word_accuracy", "accuracy (words)", true},
};

void append_scores(const std::vector<MatchCounts>& counts, std::vector<double>* values) {
  const AveragedScores averages = averages_of(counts);
  values->insert(values->end(), {averages.micro.f1, averages.micro.precision, averages.micro.recall,
                                 averages.macro.f1});
}

std::vector<double> metric_values(const Counters& counters, std::span<const uint32_t> sentences) {
  std::vector<double> values;
  append_scores(counters.lenient.counts(sentences), &values);
  append_scores(counters.strict.counts(sentences), &values);
  double right = 0;
  double all = 0;
  for (const uint32_t i : sentences) {
    right += static_cast<double>(counters.words[i].first);
    all += static_cast<double>(counters.words[i].second);
  }
  values.push_back(all == 0 ? 0 : right / all);
  return values;
}

std::vector<Metric> metrics_of(const Counters& counters, const EvaluateOptions& options) {
  const size_t sentences = counters.words.size();
  const auto intervals =
      bootstrap_intervals(sentences, [&](auto drawn) { return metric_values(counters, drawn); },
                          {options.resamples, 0.95, options.seed});
  std::vector<uint32_t> all(sentences);
  for (size_t i = 0; i < sentences; ++i) all[i] = static_cast<uint32_t>(i);
  const auto values = metric_values(counters, all);
  return named_metrics(kNerMetrics, values, intervals);
}

OrderedJson per_type(const EntityCounter& counter) {
  OrderedJson json = OrderedJson::object();
  const auto types = counter.types();
  const auto counts = counter.counts();
  for (size_t t = 0; t < types.size(); ++t) {
    const PrecisionRecallF1 scores = scores_of(counts[t]);
    json[types[t]] = {{"precision", scores.precision},
                      {"recall", scores.recall},
                      {"f1", scores.f1},
                      {"support", counts[t].expected},
                      {"predicted", counts[t].predicted}};
  }
  return json;
}

Measured<WordTags> run_sentences(const std::vector<std::vector<std::string>>& sentences,
                                 const WordTagger& tag, const std::string& label,
                                 int64_t batch_size) {
  const auto run = [&](size_t begin, size_t end) {
    return tag(std::span<const std::vector<std::string>>(sentences).subspan(begin, end - begin));
  };
  const auto same = [](const WordTags& a, const WordTags& b) {
    return a.labels == b.labels && a.scores == b.scores;
  };
  return Measurement<WordTags>(sentences.size(), run, same, {label, batch_size}).measure();
}

}  // namespace

void evaluate_ner(const std::vector<NerExample>& examples,
                  const std::vector<std::string>& model_labels, const WordTagger& tag,
                  const EvaluateOptions& options, TaskReport* report) {
  compare_types(types_of_data(examples), types_of_model(model_labels), report);
  const auto chosen = choose_subset(examples.size(), options);
  std::vector<std::vector<std::string>> sentences;
  sentences.reserve(chosen.size());
  for (const size_t i : chosen) sentences.push_back(examples[i].words);
  const auto measured = run_sentences(sentences, tag, report->task, options.batch_size);

  const TagScheme scheme = scheme_of_labels(model_labels);
  Counters counters;
  for (size_t i = 0; i < chosen.size(); ++i) {
    const NerExample& example = examples[chosen[i]];
    const WordTags& result = measured.results[i];
    const auto predicted = iob2_tags(result.labels, scheme);
    counters.add(example.tags, predicted);
    if (result.windows > 1) ++report->windowed;
    report->predictions.push_back({{"task", report->task},
                                   {"sample", chosen[i]},
                                   {"words", example.words},
                                   {"expected", example.tags},
                                   {"predicted", predicted},
                                   {"windows", result.windows},
                                   {"latency_ms", measured.latencies_ms[i]}});
  }
  report->dataset_size = examples.size();
  report->samples = chosen.size();
  report->performance = measured.performance;
  report->metrics = metrics_of(counters, options);
  report->details["per_type_seqeval"] = per_type(counters.lenient);
  report->details["per_type_strict_iob2"] = per_type(counters.strict);
}

}  // namespace jnlp
