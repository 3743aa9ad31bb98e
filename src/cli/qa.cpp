#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/answer_inputs.h"
#include "cli/commands.h"
#include "cli/task_command.h"
#include "tasks/question_answerer.h"

namespace jnlp {
namespace {

constexpr size_t kQaPreview = 72;

struct QaOptions {
  TaskOptions task;
  AnswerOptions answer;
  std::optional<std::string> question;
  std::optional<std::string> context;
  std::string context_file;
};

struct QuestionItem {
  InputRecord record;  // without question and context
  QuestionContext input;
  size_t bytes = 0;
};

// The context given by --context or --context-file, checked as any other text.
std::optional<std::string> fixed_context(const QaOptions& options) {
  InputOptions source;
  source.format = InputOptions::Format::lines;
  source.replace_invalid = options.task.input.replace_invalid;
  if (!options.context_file.empty()) {
    source.files = {options.context_file};
    source.whole_file = true;
  } else if (options.context) {
    source.texts = {*options.context};
  } else {
    return std::nullopt;
  }
  return TextInput(source).next()->take_text("text");
}

std::string take(InputRecord* record, const char* field, const std::optional<std::string>& fixed) {
  if (fixed) return record->take_optional_text(field).value_or(*fixed);
  return record->take_text(field);
}

// What a plain text is, when one of question and context was given for all inputs.
void place_inputs(QaOptions* options, bool has_context) {
  InputOptions& input = options->task.input;
  const bool has_question = options->question.has_value();
  if (has_question && has_context && input.texts.empty() && input.files.empty()) {
    input.texts = {*options->question};
  }
  if (!input.texts.empty() && !has_question && !has_context) {
    throw CLI::ValidationError("qa", "a question needs --context TEXT or --context-file FILE");
  }
  input.text_field = has_question && !has_context ? "context" : "question";
  use_standard_input_if_alone("qa", &input);
}

OrderedJson to_json(const Answer& answer, const OffsetWriter& offsets) {
  return {{"answer", answer.text},
          {"score", shortest(answer.score)},
          {"start", offsets.begin(answer.span)},
          {"end", offsets.end(answer.span)}};
}

OrderedJson to_json(const Answers& result, const OffsetWriter& offsets, int top_k) {
  OrderedJson json = to_json(result.answers.empty() ? Answer() : result.answers.front(), offsets);
  if (top_k != 1) {
    OrderedJson answers = OrderedJson::array();
    for (const Answer& answer : result.answers) answers.push_back(to_json(answer, offsets));
    json["answers"] = std::move(answers);
  }
  json["tokens"] = result.tokens;
  json["windows"] = result.windows;
  return json;
}

std::string to_lines(const Answers& result, const OffsetWriter& offsets) {
  std::string lines;
  for (const Answer& answer : result.answers) {
    const std::string place =
        answer.is_null()
            ? ""
            : fmt::format("  [{}, {})", offsets.begin(answer.span), offsets.end(answer.span));
    const std::string text = answer.is_null()
                                 ? coloured("(the context does not say)", Colour::dim)
                                 : coloured(preview(answer.text, kQaPreview), Colour::green);
    lines += fmt::format("{:.4f}  {}{}\n", answer.score, text, coloured(place, Colour::dim));
  }
  if (lines.empty()) lines = "0.0000  (no words to answer with)\n";
  return lines;
}

void run(QaOptions options) {
  const std::optional<std::string> context = fixed_context(options);
  place_inputs(&options, context.has_value());
  QuestionAnswerer answerer(load_task_model(options.task));
  options.answer.max_length = options.task.max_length;
  options.answer.batch = options.task.batch();
  options.answer.progress = window_progress();

  const auto prepare = [&](InputRecord record) {
    QuestionItem item;
    item.input.question = take(&record, "question", options.question);
    item.input.context = take(&record, "context", context);
    item.bytes = item.input.question.size() + item.input.context.size();
    item.record = std::move(record);
    return item;
  };
  const auto answer = [&](std::span<const QuestionItem> items) {
    std::vector<QuestionContext> inputs;
    for (const QuestionItem& item : items) inputs.push_back(item.input);
    const std::vector<Answers> results = answerer.run(inputs, options.answer);
    for (size_t i = 0; i < items.size(); ++i) {
      const OffsetWriter offsets(inputs[i].context, options.task.byte_offsets);
      if (options.task.json) {
        OrderedJson json = to_json(results[i], offsets, options.answer.top_k);
        write_output(dump_json(with_input_fields(items[i].record.fields, std::move(json))) + "\n");
      } else {
        write_output(to_lines(results[i], offsets));
      }
    }
  };
  TextInput input(options.task.input);
  answer_inputs<QuestionItem>(input, prepare, answer);
}

void add_answer_options(CLI::App& command, AnswerOptions* options) {
  command.add_option("--top-k", options->top_k, "Answers per question")
      ->capture_default_str()
      ->check(CLI::Range(1, kMaxCount));
  command.add_option("--max-answer-length", options->max_answer_length, "Tokens of an answer")
      ->capture_default_str()
      ->check(CLI::Range(1, kMaxCount));
  command
      .add_option("--doc-stride", options->doc_stride,
                  "Tokens that windows of a long context share (default: 128, at most half)")
      ->check(CLI::Range(0, kMaxCount))
      ->type_name("TOKENS");
  command.add_flag("--allow-no-answer", options->handle_impossible_answer,
                   "The empty answer competes too (for models trained on SQuAD 2.0)");
  command.add_flag("--align-to-words,!--no-align-to-words", options->align_to_words,
                   "Answers begin and end at words (default)");
  const std::map<std::string, AnswerNormalization> kinds = {
      {"joint", AnswerNormalization::joint}, {"window", AnswerNormalization::window}};
  command
      .add_option(
          "--normalization", options->normalization,
          "Probabilities over all windows of a context (joint, default) or in each (window)")
      ->transform(CLI::Transformer(kinds, CLI::ignore_case))
      ->type_name("NAME");
}

}  // namespace

void add_qa_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("qa", "Answer questions with words of a text of any length");
  auto options = std::make_shared<QaOptions>();
  command->add_option("text", options->task.input.texts,
                      "Questions (with --context or --context-file) or contexts (with --question)");
  command->add_option("--question", options->question, "The question for every context");
  auto* context =
      command->add_option("--context", options->context, "The context for every question");
  command->add_option("--context-file", options->context_file, "A file that is the context")
      ->excludes(context)
      ->type_name("FILE");
  add_task_options(*command, "qa", &options->task);
  add_offsets_option(*command, &options->task);
  add_answer_options(*command, &options->answer);
  command->footer(
      "Examples:\n"
      "  jetson-nlp qa --question \"Who built the bridge?\" --context-file town.txt\n"
      "  jetson-nlp qa --context-file manual.txt \"How long is the warranty?\" \"Who repairs "
      "it?\"\n"
      "  echo '{\"question\": \"Who?\", \"context\": \"Ann did it.\"}' | jetson-nlp qa --json");
  command->callback([options] { run(*options); });
}

}  // namespace jnlp
