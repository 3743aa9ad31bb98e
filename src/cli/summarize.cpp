#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "base/progress.h"
#include "cli/answer_inputs.h"
#include "cli/commands.h"
#include "cli/load_summarizer.h"
#include "cli/summary_flags.h"
#include "cli/task_command.h"

namespace jnlp {
namespace {

struct SummarizeOptions {
  TaskOptions task;
  SummaryFlags summary;
};

// The names that the text has in CNN/DailyMail, XSum and SAMSum do as well.
std::string take_document(InputRecord* record) {
  for (const char* name : {"text", "document", "article", "dialogue"}) {
    if (auto text = record->take_optional_text(name)) return *std::move(text);
  }
  return record->take_text("text");
}

TextItem document_item(InputRecord record) {
  TextItem item;
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
  return {{"summary", summary.text},       {"sentences", std::move(sentences)},
          {"method", to_string(method)},   {"document_sentences", summary.document_sentences},
          {"sections", summary.sections},  {"passes", summary.passes},
          {"tokens", summary.tokens},      {"generated_tokens", summary.generated_tokens},
          {"truncated", summary.truncated}};
}

// Shows how many sections are written or sentences read, where there are several and standard error
// is a terminal.
WindowProgress section_progress() {
  return [progress = std::shared_ptr<Progress>()](int64_t done, int64_t total) mutable {
    if (total < 2) return;
    if (!progress) progress = std::make_shared<Progress>("parts", total);
    progress->set(done);
    if (done == total) progress.reset();
  };
}

void print_truncation(int64_t truncated, int64_t texts, SummaryMethod method) {
  if (truncated == 0) return;
  const char* what = method == SummaryMethod::extractive
                         ? "the model read only the beginning of a very long sentence"
                         : "summaries of sections were hardly shorter than these; only the first "
                           "ones were used";
  const std::string message =
      fmt::format("jetson-nlp: in {} of {} texts {}\n", truncated, texts, what);
  std::fputs(message.c_str(), stderr);
}

void run(SummarizeOptions options) {
  use_standard_input_if_alone("summarize", &options.task.input);
  SummaryOptions limits = sentence_options(options.summary);
  limits.batch = options.task.batch();
  limits.progress = section_progress();
  check_options(limits);
  const SummarizerPlan plan = plan_summarizer(options.summary, options.task.model);
  if (const std::string fault = flags_misfit(options.summary, plan.method); !fault.empty()) {
    throw CLI::ValidationError(fault);
  }
  const auto summarizer =
      load_summarizer(plan, options.summary, std::make_shared<ThreadPool>(options.task.threads),
                      options.task.engine);
  int64_t texts = 0;
  int64_t truncated = 0;
  const auto answer = [&](std::span<const TextItem> items) {
    std::vector<std::string> documents;
    for (const TextItem& item : items) documents.push_back(item.text);
    const std::vector<Summary> results = summarizer->run(documents, limits);
    for (size_t i = 0; i < items.size(); ++i) {
      ++texts;
      if (results[i].truncated) ++truncated;
      if (options.task.json) {
        OrderedJson json =
            to_json(results[i], documents[i], plan.method, options.task.byte_offsets);
        write_output(dump_json(with_input_fields(items[i].record.fields, std::move(json))) + "\n");
      } else {
        write_output(results[i].text + "\n");
      }
    }
  };
  TextInput input(options.task.input);
  answer_inputs<TextItem>(input, document_item, answer);
  print_truncation(truncated, texts, plan.method);
}

}  // namespace

void add_summarize_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("summarize", "Say in few sentences what a text says");
  auto options = std::make_shared<SummarizeOptions>();
  options->task.input.format = InputOptions::Format::detect_document;
  command->add_option("text", options->task.input.texts, "Texts; without any, see --file");
  add_input_options(*command, "", &options->task);
  command->get_option("--model")->description(
      "Name, hub id or directory of an encoder (all-MiniLM-L6-v2 by default) or of a T5, BART, "
      "Marian or Pegasus; or a GGUF file (llm; SmolLM2-135M-Instruct by default)");
  command->get_option("--file")->description(
      "Read a text from a file (- is standard input), or JSON lines where it begins with '{'");
  command->get_option("--input")->description("lines: each line is a text; jsonl");
  add_offsets_option(*command, &options->task);
  add_summary_flags(*command, &options->summary);
  command->footer(
      "By default the summary consists of sentences of the text, in its order; nothing is\n"
      "reworded. Models that write (seq2seq, llm) summarize a long text by sections, then the\n"
      "summaries of the sections; what they write may be wrong.\n"
      "Examples:\n"
      "  jetson-nlp summarize --file article.txt\n"
      "  jetson-nlp summarize --file article.txt --max-sentences 2 --max-length 60\n"
      "  jetson-nlp summarize --method lead --file article.txt      no model needed\n"
      "  jetson-nlp summarize --method llm --file article.txt\n"
      "  jetson-nlp summarize --model ./distilbart-cnn-12-6 --num-beams 4 --file article.txt\n"
      "  zcat articles.jsonl.gz | jetson-nlp summarize --json > summaries.jsonl");
  command->callback([options] { run(*options); });
}

}  // namespace jnlp
