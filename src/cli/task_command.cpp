#include "cli/task_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <memory>

#include "base/progress.h"
#include "cli/engine_flags.h"
#include "cli/load_model.h"

namespace jnlp {

void add_input_options(CLI::App& command, const std::string& default_model, TaskOptions* options) {
  options->model = default_model;
  command.add_option("--model", options->model, "Name, hub id or directory of the model")
      ->capture_default_str();
  command
      .add_option("--file", options->input.files,
                  "Read the inputs from a file (- is standard input), one per line")
      ->allow_extra_args(false)
      ->type_name("FILE");
  command.add_flag("--whole-file", options->input.whole_file, "Each file is one text");
  const std::map<std::string, InputOptions::Format> formats = {
      {"detect", InputOptions::Format::detect},
      {"lines", InputOptions::Format::lines},
      {"jsonl", InputOptions::Format::jsonl}};
  command
      .add_option("--input", options->input.format,
                  "lines or jsonl; by default JSON lines where the input begins with '{'")
      ->transform(CLI::Transformer(formats, CLI::ignore_case))
      ->type_name("FORMAT");
  command.add_flag("--replace-invalid", options->input.replace_invalid,
                   "Replace damaged UTF-8 by U+FFFD instead of stopping");
  command.add_flag("--json", options->json, "One JSON object per input and line");
  command.add_option("--threads", options->threads, "Threads; 0: as many as the process may use")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  add_engine_flags(command, &options->engine);
  command
      .add_option("--batch-size", options->batch_size,
                  "Greatest number of sequences computed at once; never changes a result")
      ->capture_default_str()
      ->check(CLI::Range(1, 4096));
}

void add_task_options(CLI::App& command, const std::string& default_model, TaskOptions* options) {
  add_input_options(command, default_model, options);
  command
      .add_option("--max-length", options->max_length,
                  "Tokens per sequence; 0: as many as the model allows")
      ->capture_default_str()
      ->check(CLI::Range(0, kMaxCount));
}

void add_offsets_option(CLI::App& command, TaskOptions* options) {
  const std::map<std::string, bool> units = {{"code-points", false}, {"bytes", true}};
  command
      .add_option("--offsets", options->byte_offsets,
                  "Unit of start and end: code-points (default) or bytes of the UTF-8 text")
      ->transform(CLI::Transformer(units, CLI::ignore_case))
      ->type_name("UNIT");
}

void use_standard_input_if_alone(const std::string& command, InputOptions* input) {
  if (!input->texts.empty() && !input->files.empty()) {
    throw CLI::ValidationError(command, "give either texts or --file, not both");
  }
  if (input->whole_file && !input->texts.empty()) {
    throw CLI::ValidationError("--whole-file", "is for --file and standard input");
  }
  if (!input->texts.empty() || !input->files.empty()) return;
  if (::isatty(STDIN_FILENO) == 1) {
    throw CLI::ValidationError(command, "give a text, --file FILE, or pipe lines or JSON lines in");
  }
  input->files.emplace_back("-");
}

LoadedModel load_task_model(const TaskOptions& options, std::optional<Head> head) {
  return load_model(options.model, std::make_shared<ThreadPool>(options.threads), options.engine,
                    head);
}

WindowProgress window_progress() {
  constexpr int64_t kFewWindows = 64;  // a batch or two: done before anybody wonders
  return [progress = std::shared_ptr<Progress>()](int64_t done, int64_t total) mutable {
    if (total <= kFewWindows) return;
    if (!progress) {
      progress = std::make_shared<Progress>("windows", total);
      return;  // no time has passed: there is no rate to show yet
    }
    progress->set(done);
    if (done == total) progress.reset();  // clears the line before the result is printed
  };
}

void TruncationNotice::count(bool truncated, const std::string& where) {
  ++texts_;
  if (!truncated) return;
  if (truncated_++ == 0) first_ = where;
}

void TruncationNotice::print(int64_t max_length) const {
  if (truncated_ == 0) return;
  const std::string message = fmt::format(
      "jetson-nlp: {} of {} texts longer than {} tokens: only the beginning was read "
      "(first: {})\n",
      truncated_, texts_, max_length, first_);
  std::fputs(message.c_str(), stderr);
}

}  // namespace jnlp
