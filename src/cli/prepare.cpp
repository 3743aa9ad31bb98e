#include "models/prepare_directory.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "backends/native/native_backend.h"
#include "backends/native/native_seq2seq.h"
#include "base/error.h"
#include "base/stopwatch.h"
#include "base/thread_pool.h"
#include "cli/commands.h"
#include "cli/engine_flags.h"
#include "cli/load_model.h"
#include "cli/text_output.h"
#include "hub/checksum.h"
#include "hub/hub.h"
#include "kernels/dispatch.h"

namespace jnlp {
namespace {

struct PrepareArguments {
  std::string model;
  int threads = 0;
  PrepareOptions prepare;
};

// Where the weights came from, for whoever finds the file later. Never checked: reading all of
// them at every start is what preparing is to avoid.
void note_origin(const ModelDir& model, PrepareOptions* options) {
  std::vector<std::filesystem::path> files = model.weight_files;
  files.push_back(model.base_path / "config.json");
  if (model.adapter_file) files.push_back(*model.adapter_file);
  for (const std::filesystem::path& file : files) {
    options->notes["sha256." + file.filename().string()] = sha256_of_file(file);
  }
}

double seconds_to_load(const std::filesystem::path& path, std::shared_ptr<ThreadPool> pool) {
  const Stopwatch stopwatch;
  load_native_backend(
      ModelDir::open(path, [](std::string_view base) { return resolve_model(base); }),
      std::move(pool));
  return stopwatch.seconds();
}

void run(PrepareArguments arguments) {
  const ModelDir model = open_model(arguments.model);
  if (is_native_seq2seq(model)) {
    throw Error(ErrorCode::unsupported,
                fmt::format("{} has an encoder and a decoder; such models cannot be prepared yet, "
                            "they run from the files that they have",
                            model.path.string()));
  }
  auto pool = std::make_shared<ThreadPool>(arguments.threads);
  note_origin(model, &arguments.prepare);
  const PrepareResult result = prepare_directory(model, arguments.prepare, {best_kernels(), *pool});
  const double loading = seconds_to_load(arguments.prepare.output, std::move(pool));
  const auto megabytes = [](int64_t bytes) { return static_cast<double>(bytes) / 1e6; };
  write_output(fmt::format(
      "{}\n"
      "  made for       {}, {}\n"
      "  weights        {:.1f} MB, prepared {:.1f} MB, the whole folder {:.1f} MB\n"
      "  loading        {:.1f} ms, {:.0f} ms without preparing\n",
      arguments.prepare.output.string(), to_string(result.packed.facts.options.weight_type()),
      to_string(result.packed.facts.head), megabytes(result.source_bytes),
      megabytes(result.prepared_bytes), megabytes(result.total_bytes), loading * 1e3,
      result.packed.seconds * 1e3));
}

}  // namespace

void add_prepare_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "prepare", "Write a model so that it starts at once and takes less memory");
  auto arguments = std::make_shared<PrepareArguments>();
  command->add_option("model,--model", arguments->model, "Name, hub id or directory of the model")
      ->required()
      ->type_name("MODEL");
  command
      ->add_option("-o,--output", arguments->prepare.output,
                   "Folder to write; the model's own directory: only prepared.safetensors is added")
      ->required()
      ->type_name("DIR");
  add_engine_flags(*command, &arguments->prepare.engine);
  add_head_option(*command, &arguments->prepare.head);
  command->add_flag("--prepared-only", arguments->prepare.prepared_only,
                    "Leave out model.safetensors: smaller, but for jetson-nlp alone");
  command->add_flag("--force", arguments->prepare.force, "Replace what was prepared before");
  command->add_option("--threads", arguments->threads, "Threads; 0: as many as the process may use")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  command->footer(
      "The folder is a model like any other: give it to --model.\n\n"
      "Examples:\n"
      "  jetson-nlp prepare sentiment --dtype int8 -o sentiment-int8\n"
      "  jetson-nlp sentiment --model sentiment-int8 \"I love it\"\n"
      "  jetson-nlp prepare org/name --dtype int8 --prepared-only -o DIR\n"
      "  jetson-nlp prepare DIR -o DIR --force");
  command->callback([arguments] { run(*arguments); });
}

}  // namespace jnlp
