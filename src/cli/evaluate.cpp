#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/engine_flags.h"
#include "cli/evaluate_task.h"
#include "cli/load_generator.h"
#include "cli/result_file.h"
#include "cli/task_command.h"
#include "evaluate/dataset_locator.h"
#include "evaluate/evaluation_html.h"
#include "evaluate/evaluation_output.h"

namespace jnlp {
namespace {

constexpr std::array<const char*, 5> kEvaluatedTasks = {"sentiment", "qa", "ner", "summarization",
                                                        "chat"};

struct CommandOptions {
  std::vector<std::string> tasks;
  bool all_tasks = false;
  std::vector<std::string> models;
  std::vector<std::string> datasets;
  std::vector<std::string> data_dirs;
  std::string format = "auto";
  ReadOptions read;
  EvaluateOptions evaluate;
  int threads = 0;
  EngineOptions engine;
  SummaryFlags summary;
  RougeTokens rouge = RougeTokens::ascii_stemmed;
  ChatTaskFlags chat;
  std::string output;
  std::string predictions;
  std::string html;
};

template <size_t N>
bool contains(const std::array<const char*, N>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool wants_all(const CommandOptions& options) {
  return options.all_tasks || options.tasks.empty() ||
         std::find(options.tasks.begin(), options.tasks.end(), "all") != options.tasks.end();
}

std::vector<std::string> chosen_tasks(const CommandOptions& options) {
  if (wants_all(options)) return {kEvaluatedTasks.begin(), kEvaluatedTasks.end()};
  std::vector<std::string> tasks;
  for (const std::string& task : options.tasks) {
    if (std::find(tasks.begin(), tasks.end(), task) == tasks.end()) tasks.push_back(task);
  }
  return tasks;
}

// Values given as NAME, or as TASK=NAME for one of several tasks.
std::map<std::string, std::string> by_task(const std::vector<std::string>& values,
                                           const std::vector<std::string>& tasks,
                                           const std::string& option) {
  std::map<std::string, std::string> names;
  for (const std::string& value : values) {
    const size_t equals = value.find('=');
    const std::string task = value.substr(0, equals);
    if (equals != std::string::npos && contains(kEvaluatedTasks, task)) {
      if (std::find(tasks.begin(), tasks.end(), task) == tasks.end()) {
        throw CLI::ValidationError(option,
                                   fmt::format("'{}' is for a task that is not run", value));
      }
      names[task] = value.substr(equals + 1);
    } else if (tasks.size() == 1 || value == "smoke") {
      for (const std::string& each : tasks) names.emplace(each, value);
    } else {
      throw CLI::ValidationError(
          option, fmt::format("say which of the tasks it is for, as in {} {}={}", option,
                              tasks.front(), value));
    }
  }
  return names;
}

std::string named_or(const std::map<std::string, std::string>& names, const std::string& task,
                     const std::string& otherwise) {
  const auto found = names.find(task);
  return found == names.end() ? otherwise : found->second;
}

// The model that ships for a task has the task's name; which makes summaries depends on the method.
std::string default_model(const std::string& task) {
  if (task == "chat") return kDefaultGenerator;
  return task == "summarization" ? "" : task;
}

// Documents without questions that were written for them would only be measured to refuse.
void check_documents(const CommandOptions& options, const std::vector<EvaluateRequest>& requests) {
  if (!options.chat.answers_from_documents()) return;
  for (const EvaluateRequest& request : requests) {
    if (request.task != "chat") continue;
    if (request.dataset == "smoke") {
      throw CLI::ValidationError("--faq",
                                 "needs questions about the documents: name them with "
                                 "--dataset chat=FILE");
    }
    return;
  }
  throw CLI::ValidationError("--faq", "is for the task chat");
}

std::vector<EvaluateRequest> requests_of(const CommandOptions& options) {
  const auto tasks = chosen_tasks(options);
  const auto models = by_task(options.models, tasks, "--model");
  const auto datasets = by_task(options.datasets, tasks, "--dataset");
  EvaluateRequest common;
  common.data_dirs.assign(options.data_dirs.begin(), options.data_dirs.end());
  for (const auto& dir : default_data_dirs()) common.data_dirs.push_back(dir);
  common.read = options.read;
  common.read.format = dataset_format_from(options.format);
  common.options = options.evaluate;
  common.pool = std::make_shared<ThreadPool>(options.threads);
  common.engine = options.engine;
  common.summary = options.summary;
  common.rouge = options.rouge;
  common.chat = options.chat;
  std::vector<EvaluateRequest> requests;
  for (const std::string& task : tasks) {
    EvaluateRequest request = common;
    request.task = task;
    request.model = named_or(models, task, default_model(task));
    request.dataset = named_or(datasets, task, "smoke");
    requests.push_back(std::move(request));
  }
  check_documents(options, requests);
  return requests;
}

// Of all tasks, chat is left out where nobody could have expected it to run; a model that was named
// is tried.
void leave_chat_out(const CommandOptions& options, std::vector<EvaluateRequest>* requests,
                    Evaluation* evaluation) {
  const auto chat = std::find_if(requests->begin(), requests->end(),
                                 [](const auto& request) { return request.task == "chat"; });
  if (!wants_all(options) || chat == requests->end()) return;
  if (chat->model != kDefaultGenerator || !chat->chat.needs_language_model()) return;
  std::string obstacle = chat_obstacle(chat->model);
  if (obstacle.empty()) return;
  evaluation->left_out.emplace_back("chat", std::move(obstacle));
  requests->erase(chat);
}

// One task's failure is the command's; one of several is a row of the table.
size_t run_all(const std::vector<EvaluateRequest>& requests, Evaluation* evaluation) {
  size_t failures = 0;
  for (const EvaluateRequest& request : requests) {
    TaskReport report;
    try {
      evaluate_task(request, &report);
    } catch (const Error& error) {
      if (requests.size() == 1) throw;
      report.failure = error.what();
      ++failures;
    }
    evaluation->tasks.push_back(std::move(report));
  }
  return failures;
}

std::string prediction_lines(const Evaluation& evaluation) {
  std::string lines;
  for (const TaskReport& report : evaluation.tasks) {
    for (const OrderedJson& prediction : report.predictions) lines += dump_json(prediction) + "\n";
  }
  return lines;
}

void run(const CommandOptions& options) {
  auto requests = requests_of(options);
  const auto output = open_result_file(options.output);
  const auto predictions = open_result_file(options.predictions);
  const auto html = open_result_file(options.html);
  Evaluation evaluation;
  evaluation.created = utc_timestamp();
  evaluation.host = read_host_facts();
  evaluation.options = options.evaluate;
  evaluation.threads = requests.front().pool->size();
  leave_chat_out(options, &requests, &evaluation);
  const size_t failures = run_all(requests, &evaluation);
  finish_file(output.get(), dump_json(evaluation_json(evaluation), 2) + "\n");
  finish_file(predictions.get(), prediction_lines(evaluation));
  finish_file(html.get(), evaluation_html(evaluation));
  std::fputs(evaluation_text(evaluation).c_str(), stdout);
  if (failures > 0) {
    throw Error(ErrorCode::invalid_input, fmt::format("{} of {} tasks failed; the table says why",
                                                      failures, requests.size()));
  }
}

void add_data_options(CLI::App& command, CommandOptions* options) {
  command
      .add_option(
          "--dataset", options->datasets,
          "Data to evaluate on, NAME, FILE or FOLDER, or TASK=NAME for one of several tasks")
      ->default_str("smoke")
      ->type_name("DATA");
  command
      .add_option("--data-dir", options->data_dirs,
                  "Folder that holds data sets by name; searched before $JETSON_NLP_DATA and ours")
      ->type_name("FOLDER");
  command
      .add_option("--split", options->read.split,
                  "Which file of a folder: train, validation, test or a part of its name")
      ->type_name("NAME");
  command.add_option("--format", options->format, "auto, tsv, csv, jsonl, json, conll or squad")
      ->capture_default_str()
      ->type_name("NAME");
  command.add_option("--text-column", options->read.text_column, "Column of the text")
      ->type_name("NAME");
  command.add_option("--label-column", options->read.label_column, "Column of the label")
      ->type_name("NAME");
  command
      .add_option("--summary-column", options->read.summary_column,
                  "Column of the reference summary")
      ->type_name("NAME");
  command
      .add_option("--tag-column", options->read.tag_column,
                  "CoNLL column of the tag, from 1, or from the end with -1")
      ->type_name("NUMBER");
  command
      .add_option("--label-names", options->read.label_names,
                  "Names of the labels 0, 1, 2, ... of the data, parted by commas")
      ->delimiter(',')
      ->type_name("NAMES");
}

void add_run_options(CLI::App& command, CommandOptions* options) {
  EvaluateOptions& evaluate = options->evaluate;
  command.add_option("--samples", evaluate.samples, "A random subset of so many samples; 0: all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command.add_option("--seed", evaluate.seed, "Of the subset and of the bootstrap")
      ->capture_default_str();
  command.add_option("--batch-size", evaluate.batch_size, "Samples at once in the throughput pass")
      ->capture_default_str()
      ->check(CLI::Range(1, 4096));
  command.add_option("--threads", options->threads, "Threads; 0: as many as the process may use")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  add_engine_flags(command, &options->engine);
  command.add_option("--output,--save-results", options->output, "Write the result as JSON")
      ->type_name("FILE");
  command
      .add_option("--predictions", options->predictions, "Write each sample's result as JSON lines")
      ->type_name("FILE");
  command.add_option("--html", options->html, "Write the result as a web page with charts")
      ->type_name("FILE");
}

void add_summarization_options(CLI::App& command, CommandOptions* options) {
  add_summary_flags(command, &options->summary);
  const std::map<std::string, RougeTokens> tokens = {{"stemmed", RougeTokens::ascii_stemmed},
                                                     {"plain", RougeTokens::ascii},
                                                     {"unicode", RougeTokens::unicode}};
  command
      .add_option_function<RougeTokens>(
          "--rouge", [options](RougeTokens rouge) { options->rouge = rouge; },
          "Words of ROUGE: stemmed (rouge_score with its stemmer, default), plain "
          "(rouge_score), unicode (not rouge_score's, for other languages than English)")
      ->transform(CLI::Transformer(tokens, CLI::ignore_case))
      ->type_name("NAME");
}

void add_chat_options(CLI::App& command, ChatTaskFlags* flags) {
  command.add_option("--system", flags->system, "Chat: what the language model is told first")
      ->type_name("TEXT");
  command.add_option("--max-tokens", flags->max_tokens, "Chat: tokens of an answer")
      ->capture_default_str()
      ->check(CLI::Range(1, kMaxCount));
  add_faq_flags(command, &flags->faq);
}

}  // namespace

void add_evaluate_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("evaluate", "Measure quality, speed and memory on labelled data");
  auto options = std::make_shared<CommandOptions>();
  command
      ->add_option("--task", options->tasks,
                   "sentiment, qa, ner, summarization, chat or all (the default); several with "
                   "commas")
      ->delimiter(',')
      ->check(CLI::IsMember({"sentiment", "qa", "ner", "all", "summarization", "chat"}))
      ->type_name("TASK");
  command->add_flag("--all-tasks", options->all_tasks, "Same as --task all");
  command
      ->add_option("--model", options->models,
                   "Model, NAME or FOLDER, or TASK=NAME for one of several tasks; by default the "
                   "one that ships for the task")
      ->type_name("MODEL");
  add_data_options(*command, options.get());
  add_run_options(*command, options.get());
  add_summarization_options(*command, options.get());
  add_chat_options(*command, &options->chat);
  command->footer(
      "Examples:\n"
      "  jetson-nlp evaluate --task all --save-results results.json\n"
      "  jetson-nlp evaluate --task sentiment --dataset reviews.csv --text-column review\n"
      "  jetson-nlp evaluate --task ner --model org/name --dataset conll2003 --data-dir ~/data\n"
      "  jetson-nlp evaluate --task sentiment,qa --dataset sentiment=sst2 --dataset qa=squad "
      "--samples 500\n"
      "  jetson-nlp evaluate --task summarization --dataset cnn_dailymail --data-dir ~/data\n"
      "  jetson-nlp evaluate --task chat --model ./Qwen2.5-1.5B-Instruct-Q4_K_M.gguf\n"
      "  jetson-nlp evaluate --task chat --faq data/faq/device-shop --dataset "
      "data/faq/questions.jsonl");
  command->callback([options] { run(*options); });
}

}  // namespace jnlp
