#include "train/dev_evaluation.h"

#include <map>
#include <random>

#include "evaluate/metrics/answers.h"
#include "evaluate/metrics/confusion_matrix.h"
#include "evaluate/metrics/entities.h"
#include "tasks/question_answerer.h"
#include "tasks/text_classifier.h"
#include "tasks/token_classifier.h"

namespace jnlp {
namespace {

// Random choice by a generator that is the same everywhere; the kept ones stay in their order.
template <class T>
void keep_some(std::vector<T>* items, size_t count, uint64_t seed) {
  if (count >= items->size()) return;
  std::mt19937_64 random(seed);
  while (items->size() > count) {
    items->erase(items->begin() + static_cast<std::ptrdiff_t>(random() % items->size()));
  }
}

// Large enough that the sequences of a call can be sorted by length.
constexpr BatchLimits kLimits{1024, 65536};

DevResult evaluate_texts(const LoadedModel& model, const std::vector<ClassificationExample>& texts,
                         int64_t max_length) {
  TextClassifier classifier(model);
  std::map<std::string, size_t> index;
  for (const std::string& label : classifier.labels()) index.emplace(label, index.size());
  std::vector<std::string> inputs;
  inputs.reserve(texts.size());
  for (const ClassificationExample& example : texts) inputs.push_back(example.text);
  ClassifyOptions options;
  options.max_length = max_length;
  options.batch = kLimits;
  const std::vector<Classification> results = classifier.run(inputs, options);
  ConfusionMatrix matrix(index.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    matrix.add(index.at(texts[i].label), index.at(results[i].labels.front().label));
  }
  const AveragedScores scores = averages_of(matrix.class_counts());
  return {
      matrix.accuracy(),
      {{"accuracy", matrix.accuracy()}, {"macro_f1", scores.macro.f1}, {"samples", texts.size()}}};
}

DevResult evaluate_sentences(const LoadedModel& model, const std::vector<NerExample>& sentences,
                             int64_t max_length) {
  TokenClassifier classifier(model);
  std::vector<std::vector<std::string>> words;
  words.reserve(sentences.size());
  for (const NerExample& example : sentences) words.push_back(example.words);
  TagOptions options;
  options.max_length = max_length;
  options.batch = kLimits;
  const std::vector<WordTags> results = classifier.tag_words(words, options);
  EntityCounter lenient(TagReading::lenient), strict(TagReading::strict_iob2);
  for (size_t i = 0; i < sentences.size(); ++i) {
    lenient.add(sentences[i].tags, results[i].labels);
    strict.add(sentences[i].tags, results[i].labels);
  }
  const PrecisionRecallF1 scores = averages_of(lenient.counts()).micro;
  return {scores.f1,
          {{"f1", scores.f1},
           {"precision", scores.precision},
           {"recall", scores.recall},
           {"f1_strict_iob2", averages_of(strict.counts()).micro.f1},
           {"samples", sentences.size()}}};
}

DevResult evaluate_questions(const LoadedModel& model, const std::vector<QaExample>& questions) {
  QuestionAnswerer answerer(model);
  std::vector<QuestionContext> inputs;
  bool impossible = false;
  for (const QaExample& example : questions) {
    inputs.push_back({example.question, example.context});
    impossible |= example.is_impossible;
  }
  AnswerOptions options;
  options.handle_impossible_answer = impossible;
  options.batch = kLimits;
  const std::vector<Answers> results = answerer.run(inputs, options);
  double exact = 0, f1 = 0;
  for (size_t i = 0; i < questions.size(); ++i) {
    std::vector<std::string> references;
    for (const QaAnswer& answer : questions[i].answers) references.push_back(answer.text);
    const auto& answers = results[i].answers;
    const std::string best = answers.empty() ? "" : answers.front().text;
    const AnswerScore score =
        impossible ? score_answer_v2(best, references) : score_answer_v1(best, references);
    exact += score.exact;
    f1 += score.f1;
  }
  const auto count = static_cast<double>(questions.size());
  return {f1 / count,
          {{"f1", f1 / count}, {"exact", exact / count}, {"samples", questions.size()}}};
}

}  // namespace

DevResult evaluate_dev(const LoadedModel& model, const LabelledData& dev,
                       const TrainOptions& options) {
  switch (options.task) {
    case TrainTask::classification:
      return evaluate_texts(model, dev.texts, options.max_length);
    case TrainTask::ner:
      return evaluate_sentences(model, dev.sentences, options.max_length);
    case TrainTask::qa:
      break;
  }
  return evaluate_questions(model, dev.questions);
}

void limit_examples(LabelledData* data, int64_t count, uint64_t seed) {
  if (count <= 0) return;
  keep_some(&data->texts, static_cast<size_t>(count), seed);
  keep_some(&data->sentences, static_cast<size_t>(count), seed);
  keep_some(&data->questions, static_cast<size_t>(count), seed);
}

Json labelled_config(Json config, const std::vector<std::string>& labels) {
  if (labels.empty()) return config;
  config["id2label"] = Json::object();
  config["label2id"] = Json::object();
  for (size_t i = 0; i < labels.size(); ++i) {
    config["id2label"][std::to_string(i)] = labels[i];
    config["label2id"][labels[i]] = i;
  }
  return config;
}

}  // namespace jnlp
