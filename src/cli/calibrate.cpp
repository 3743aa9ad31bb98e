#include "models/calibrate.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/engine_flags.h"
#include "cli/load_model.h"
#include "cli/task_command.h"
#include "cli/text_input.h"
#include "cli/text_output.h"
#include "tasks/batching.h"
#include "tokenize/tokenizer.h"

namespace jnlp {
namespace {

struct CalibrateArguments {
  std::string model;
  InputOptions input;
  std::filesystem::path output;
  std::optional<Head> head;
  int64_t limit = 256;
  int threads = 0;
  bool force = false;
};

// A question with its context, or a text, alone or with its pair.
Encoding encode(const Tokenizer& tokenizer, InputRecord record, int32_t max_length) {
  EncodeOptions options;
  options.max_length = max_length;
  if (const auto question = record.take_optional_text("question")) {
    options.strategy = TruncationStrategy::only_second;
    return tokenizer.encode_pair(*question, record.take_text("context"), options);
  }
  const std::string text = record.take_text("text");
  const auto pair = record.take_optional_text("text_pair");
  return pair ? tokenizer.encode_pair(text, *pair, options) : tokenizer.encode(text, options);
}

std::filesystem::path output_of(const CalibrateArguments& arguments, const ModelDir& model) {
  std::filesystem::path path = arguments.output;
  if (path.empty()) path = model.path / kActivationRangesFile;
  if (std::filesystem::exists(path) && !arguments.force) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} is there already; --force replaces it", path.string()));
  }
  return path;
}

void run(const CalibrateArguments& arguments) {
  const ModelDir model = open_model(arguments.model);
  const std::filesystem::path path = output_of(arguments, model);
  auto pool = std::make_shared<ThreadPool>(arguments.threads);
  const LoadedModel loaded =
      load_model(arguments.model, pool, {.weights = WeightType::f32}, arguments.head);
  const auto max_length = static_cast<int32_t>(loaded.max_length);
  TextInput input(arguments.input);
  int64_t taken = 0;
  const auto next = [&]() -> std::optional<Batch> {
    if (taken == arguments.limit) return std::nullopt;
    std::optional<InputRecord> record = input.next();
    if (!record) return std::nullopt;
    const Encoding encoding = encode(*loaded.tokenizer, *std::move(record), max_length);
    Batch batch;
    batch.add(encoding.ids, encoding.type_ids);
    ++taken;
    return batch;
  };
  calibrate(model, pool, {arguments.head, next}, path);
  write_output(fmt::format("{}\n  {} texts\n", path.string(), taken));
}

}  // namespace

void add_calibrate_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "calibrate", "Learn from typical texts how large activations become, for a better INT8");
  auto arguments = std::make_shared<CalibrateArguments>();
  command->add_option("model,--model", arguments->model, "Name, hub id or directory of the model")
      ->required()
      ->type_name("MODEL");
  command
      ->add_option("-f,--file", arguments->input.files,
                   "Texts as the model will see them, one per line, or JSON lines with \"text\" "
                   "(and \"text_pair\") or \"question\" and \"context\"; - for standard input")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("-o,--output", arguments->output,
                   "File to write; default: activation_ranges.safetensors of the model")
      ->type_name("FILE");
  add_head_option(*command, &arguments->head);
  command->add_option("--limit", arguments->limit, "Texts to read at most")
      ->capture_default_str()
      ->check(CLI::Range(1, kMaxCount));
  command->add_option("--threads", arguments->threads, "Threads; 0: as many as the process may use")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  command->add_flag("--force", arguments->force, "Replace the file of an earlier calibration");
  command->footer(
      "The model's directory then has the file, and --dtype int8 and prepare use it.\n\n"
      "Examples:\n"
      "  jetson-nlp calibrate DIR --file texts.txt\n"
      "  jetson-nlp calibrate DIR --file questions.jsonl --force\n"
      "  jetson-nlp prepare DIR --dtype int8 -o DIR-int8");
  command->callback([arguments] { run(*arguments); });
}

}  // namespace jnlp
