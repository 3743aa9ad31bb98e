#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/answer_inputs.h"
#include "cli/commands.h"
#include "cli/summary_flags.h"
#include "cli/task_command.h"
#include "tasks/extractive_summarizer.h"
#include "tasks/lead_summarizer.h"

namespace jnlp {
namespace {

struct SummarizeOptions {
  TaskOptions task;
  SummaryFlags summary;
};

struct Item {
  InputRecord record;  // without the text
  std::string text;
  size_t bytes = 0;
};

// The names that the text has in CNN/DailyMail, XSum and SAMSum do as well.
std::string take_document(InputRecord* record) {
  for (const char* name : {"text", "document", "article", "dialogue"}) {
    if (auto text = record->take_optional_text(name)) return *std::move(text);
  }
  return record->take_text("text");
}

Item prepare(InputRecord record) {
  Item item;
  item.text = take_document(&record);
  item.bytes = item.text.size();
  item.record = std::move(record);
  return item;
}

OrderedJson to_json(const Summary& summary, const std::string& document, SummaryMethod method,
                    bool byte_offsets) {
  const OffsetWriter offsets(document, byte_offsets);
  OrderedJson sentences = OrderedJson::array();
  for (const TextSpan span : summary.sentences) {
    sentences.push_back({{"text", document.substr(span.begin, span.end - span.begin)},
                         {"start", offsets.begin(span)},
                         {"end", offsets.end(span)}});
  }
  return {{"summary", summary.text},     {"sentences", std::move(sentences)},
          {"method", to_string(method)}, {"document_sentences", summary.document_sentences},
          {"tokens", summary.tokens},    {"truncated", summary.truncated}};
}

std::unique_ptr<Summarizer> make_summarizer(const SummarizeOptions& options) {
  if (options.summary.method == SummaryMethod::lead) return std::make_unique<LeadSummarizer>();
  return std::make_unique<ExtractiveSummarizer>(load_task_model(options.task, Head::embedding),
                                                options.summary.weights);
}

void print_truncation(int64_t truncated, int64_t texts) {
  if (truncated == 0) return;
  const std::string message = fmt::format(
      "jetson-nlp: in {} of {} texts the model read only the beginning of a very long sentence\n",
      truncated, texts);
  std::fputs(message.c_str(), stderr);
}

void run(SummarizeOptions options) {
  use_standard_input_if_alone("summarize", &options.task.input);
  options.summary.options.batch = options.task.batch();
  check_options(options.summary.options);
  const auto summarizer = make_summarizer(options);
  int64_t texts = 0;
  int64_t truncated = 0;
  const auto answer = [&](std::span<const Item> items) {
    std::vector<std::string> documents;
    for (const Item& item : items) documents.push_back(item.text);
    const std::vector<Summary> results = summarizer->run(documents, options.summary.options);
    for (size_t i = 0; i < items.size(); ++i) {
      ++texts;
      if (results[i].truncated) ++truncated;
      if (options.task.json) {
        OrderedJson json =
            to_json(results[i], documents[i], options.summary.method, options.task.byte_offsets);
        write_output(dump_json(with_input_fields(items[i].record.fields, std::move(json))) + "\n");
      } else {
        write_output(results[i].text + "\n");
      }
    }
  };
  TextInput input(options.task.input);
  answer_inputs<Item>(input, prepare, answer);
  print_truncation(truncated, texts);
}

}  // namespace

void add_summarize_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("summarize", "Choose the sentences that say what a text says");
  auto options = std::make_shared<SummarizeOptions>();
  options->task.input.format = InputOptions::Format::detect_document;
  command->add_option("text", options->task.input.texts, "Texts; without any, see --file");
  add_input_options(*command, "all-MiniLM-L6-v2", &options->task);
  command->get_option("--file")->description(
      "Read a text from a file (- is standard input), or JSON lines where it begins with '{'");
  command->get_option("--input")->description("lines: each line is a text; jsonl");
  add_offsets_option(*command, &options->task);
  add_summary_flags(*command, &options->summary);
  command->footer(
      "The summary consists of sentences of the text, in its order; nothing is reworded.\n"
      "Examples:\n"
      "  jetson-nlp summarize --file article.txt\n"
      "  jetson-nlp summarize --file article.txt --max-sentences 2 --max-length 60\n"
      "  jetson-nlp summarize --method lead --file article.txt      no model needed\n"
      "  zcat articles.jsonl.gz | jetson-nlp summarize --json > summaries.jsonl");
  command->callback([options] { run(*options); });
}

}  // namespace jnlp
