#include "cli/evaluate_task.h"

#include "cli/load_model.h"
#include "cli/load_summarizer.h"
#include "cli/load_twice.h"
#include "evaluate/classification_evaluation.h"
#include "evaluate/dataset_locator.h"
#include "evaluate/ner_evaluation.h"
#include "evaluate/qa_evaluation.h"
#include "evaluate/summarization_evaluation.h"
#include "hub/hub.h"
#include "report/process.h"

namespace jnlp {
namespace {

LoadedModel load_measured(const EvaluateRequest& request, TaskReport* report) {
  const std::string path = resolve_model(request.model).string();
  LoadedModel model =
      load_twice([&] { return load_model(path, request.pool, request.engine); }, &report->load);
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

std::unique_ptr<Summarizer> load_summarizer_measured(const EvaluateRequest& request,
                                                     const SummarizerPlan& plan,
                                                     TaskReport* report) {
  const auto load = [&] {
    return load_summarizer(plan, request.summary, request.pool, request.engine);
  };
  auto summarizer = plan.model.empty() ? load() : load_twice(load, &report->load);
  report->load.resident_bytes = memory_use().resident;
  report->model_path = plan.model;
  report->engine = summarizer->description();
  return summarizer;
}

void describe_method(const EvaluateRequest& request, const SummarizerPlan& plan,
                     const SummaryOptions& options, TaskReport* report) {
  OrderedJson& details = report->details;
  details["method"] = to_string(plan.method);
  if (plan.method == SummaryMethod::seq2seq || plan.method == SummaryMethod::llm) {
    details["section_length"] = request.summary.section_length;
    return;
  }
  details["max_sentences"] = options.max_sentences;
  details["max_words"] = options.max_words;
  details["min_words"] = options.min_words;
  if (plan.method == SummaryMethod::lead) return;
  details["diversity"] = request.summary.weights.diversity;
  details["position"] = request.summary.weights.position;
}

void run_summarization(const EvaluateRequest& request, const std::filesystem::path& path,
                       const ReadOptions& read, TaskReport* report) {
  const auto data = read_summarization(path, read);
  describe(data, report);
  const SummaryMethod method = request.summary.method;
  if (request.model.empty()) report->model_name = default_summary_model(method);
  if (method == SummaryMethod::lead) report->model_name = "none";
  const SummarizerPlan plan = plan_summarizer(request.summary, request.model);
  const auto summarizer = load_summarizer_measured(request, plan, report);
  SummaryOptions options = sentence_options(request.summary);
  options.batch = limits_of(request);
  evaluate_summarization(
      data.examples,
      [&](std::span<const std::string> documents) { return summarizer->run(documents, options); },
      request.rouge, request.options, report);
  describe_method(request, plan, options, report);
}

void run_chat(const EvaluateRequest& request, const std::filesystem::path& path,
              const ReadOptions& read, TaskReport* report) {
  const auto data = read_chat(path, read);
  describe(data, report);
  run_chat_task(data.examples, request.model, request.chat, request.pool, request.engine,
                request.options, report);
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
  } else if (request.task == "chat") {
    run_chat(request, located.path, read, report);
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
