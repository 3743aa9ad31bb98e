#include "cli/evaluate_task.h"

#include "base/stopwatch.h"
#include "cli/load_model.h"
#include "evaluate/classification_evaluation.h"
#include "evaluate/dataset_locator.h"
#include "evaluate/ner_evaluation.h"
#include "evaluate/qa_evaluation.h"
#include "evaluate/summarization_evaluation.h"
#include "hub/hub.h"
#include "report/process.h"
#include "tasks/extractive_summarizer.h"
#include "tasks/lead_summarizer.h"

namespace jnlp {
namespace {

// Loads twice: what the first time costs depends on the page cache, the second time does not.
LoadedModel load_measured(const EvaluateRequest& request, TaskReport* report) {
  const std::string path = resolve_model(request.model).string();
  LoadFacts& load = report->load;
  const int64_t disk_before = disk_bytes_read();
  {
    const Stopwatch watch;
    const LoadedModel first = load_model(path, request.pool, request.engine);
    load.first_seconds = watch.seconds();
  }
  const int64_t disk_after = disk_bytes_read();
  load.first_disk_bytes = disk_before < 0 || disk_after < 0 ? -1 : disk_after - disk_before;
  const Stopwatch watch;
  LoadedModel model = load_model(path, request.pool, request.engine);
  load.warm_seconds = watch.seconds();
  load.resident_bytes = memory_use().resident;
  report->model_path = path;
  report->engine = model.backend->description();
  return model;
}

BatchLimits limits_of(const EvaluateRequest& request) {
  BatchLimits limits;
  limits.max_sequences = request.options.batch_size;
  return limits;
}

template <class Example>
void describe(const Dataset<Example>& data, TaskReport* report) {
  for (const auto& file : data.files) report->dataset_files.push_back(file.string());
  report->dataset_format = to_string(data.format);
}

void run_sentiment(const EvaluateRequest& request, const std::filesystem::path& path,
                   const ReadOptions& read, TaskReport* report) {
  const auto data = read_classification(path, read);
  describe(data, report);
  TextClassifier classifier(load_measured(request, report));
  ClassifyOptions options;
  options.batch = limits_of(request);
  evaluate_classification(
      data.examples, classifier.labels(),
      [&](std::span<const std::string> texts) { return classifier.run(texts, options); },
      request.options, report);
}

void run_ner(const EvaluateRequest& request, const std::filesystem::path& path,
             const ReadOptions& read, TaskReport* report) {
  const auto data = read_ner(path, read);
  describe(data, report);
  TokenClassifier classifier(load_measured(request, report));
  TagOptions options;
  options.batch = limits_of(request);
  evaluate_ner(
      data.examples, classifier.labels(),
      [&](std::span<const std::vector<std::string>> sentences) {
        return classifier.tag_words(sentences, options);
      },
      request.options, report);
}

void run_qa(const EvaluateRequest& request, const std::filesystem::path& path,
            const ReadOptions& read, TaskReport* report) {
  const auto data = read_qa(path, read);
  describe(data, report);
  QuestionAnswerer answerer(load_measured(request, report));
  AnswerOptions options;
  options.batch = limits_of(request);
  evaluate_qa(
      data.examples,
      [&](std::span<const QuestionContext> inputs, bool may_be_empty) {
        options.handle_impossible_answer = may_be_empty;
        return answerer.run(inputs, options);
      },
      request.options, report);
}

std::unique_ptr<Summarizer> make_summarizer(const EvaluateRequest& request, TaskReport* report) {
  if (request.summary.method == SummaryMethod::extractive) {
    return std::make_unique<ExtractiveSummarizer>(load_measured(request, report),
                                                  request.summary.weights);
  }
  report->model_name = "none";
  report->engine = "the first sentences of each text";
  report->load.resident_bytes = memory_use().resident;
  return std::make_unique<LeadSummarizer>();
}

void run_summarization(const EvaluateRequest& request, const std::filesystem::path& path,
                       const ReadOptions& read, TaskReport* report) {
  const auto data = read_summarization(path, read);
  describe(data, report);
  const auto summarizer = make_summarizer(request, report);
  SummaryOptions options = request.summary.options;
  options.batch = limits_of(request);
  evaluate_summarization(
      data.examples,
      [&](std::span<const std::string> documents) { return summarizer->run(documents, options); },
      request.rouge, request.options, report);
  report->details["method"] = to_string(request.summary.method);
  report->details["max_sentences"] = options.max_sentences;
  report->details["max_words"] = options.max_words;
  report->details["min_words"] = options.min_words;
  if (request.summary.method == SummaryMethod::lead) return;
  report->details["diversity"] = request.summary.weights.diversity;
  report->details["position"] = request.summary.weights.position;
}

}  // namespace

void evaluate_task(const EvaluateRequest& request, TaskReport* report) {
  report->task = request.task;
  report->model_name = request.model;
  report->dataset_name = request.dataset;
  const LocatedDataset located =
      locate_dataset(request.task, request.dataset, request.data_dirs, request.read.split);
  report->dataset_name = located.name;
  ReadOptions read = request.read;
  read.split = located.split;
  if (!reset_peak_memory()) {
    report->notes.emplace_back("the peak of memory is that of the whole run so far");
  }
  if (request.task == "ner") {
    run_ner(request, located.path, read, report);
  } else if (request.task == "qa") {
    run_qa(request, located.path, read, report);
  } else if (request.task == "summarization") {
    run_summarization(request, located.path, read, report);
  } else {
    run_sentiment(request, located.path, read, report);
  }
  report->load.peak_bytes = memory_use().peak_resident;
  if (report->performance.changed_by_batching > 0) {
    report->notes.push_back(std::to_string(report->performance.changed_by_batching) +
                            " results changed with the batch, which must never happen");
  }
}

}  // namespace jnlp
