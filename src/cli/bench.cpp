#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/progress.h"
#include "base/stopwatch.h"
#include "cli/commands.h"
#include "cli/engine_flags.h"
#include "cli/load_model.h"
#include "cli/text_output.h"
#include "evaluate/bench.h"
#include "evaluate/bench_output.h"
#include "evaluate/bench_plan.h"
#include "hub/hub.h"
#include "report/process.h"

namespace jnlp {
namespace {

enum class BenchFormat { table, markdown, csv, json };

// Together they bound a batch's tokens well below what its 32-bit offsets can hold.
constexpr int64_t kLongest = 100'000;
constexpr int64_t kMostSequences = 4096;

struct BenchCommandOptions {
  std::string model;
  std::optional<Head> head;
  BenchGrid grid;
  std::string mixed = "32x5-64";
  std::vector<int> threads = {0};
  EngineOptions engine;
  BenchOptions bench;
  BenchFormat format = BenchFormat::table;
  std::string output;
};

// Takes a number off the front of `text`; what is not one, or not in range, fails the whole.
bool take_number(std::string_view* text, int64_t greatest, int64_t* number) {
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), *number);
  if (fault != std::errc()) return false;
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  return *number >= 1 && *number <= greatest;
}

bool take(std::string_view* text, char c) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

std::optional<MixedLengths> parse_mixed(const std::string& text) {
  if (text == "none") return std::nullopt;
  std::string_view rest = text;
  MixedLengths mixed;
  const bool complete = take_number(&rest, kMostSequences, &mixed.sequences) && take(&rest, 'x') &&
                        take_number(&rest, kLongest, &mixed.shortest) && take(&rest, '-') &&
                        take_number(&rest, kLongest, &mixed.longest) && rest.empty();
  if (!complete || mixed.shortest > mixed.longest) {
    throw CLI::ValidationError(
        "--mixed",
        fmt::format("'{}' is neither COUNTxSHORTEST-LONGEST, such as 32x5-64, nor none", text));
  }
  return mixed;
}

// A model that is not there is a mistake in the command, as a wrong length is.
std::string find_model(const std::string& name) {
  try {
    return resolve_model(name).string();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    throw CLI::ValidationError(error.what());
  }
}

LoadedModel load_measured(const BenchCommandOptions& options, const std::string& path, int threads,
                          BenchRun* run) {
  auto pool = std::make_shared<ThreadPool>(threads);
  run->threads = pool->size();
  const int64_t disk_before = disk_bytes_read();
  const Stopwatch stopwatch;
  LoadedModel model =
      load_model_without_tokenizer(path, std::move(pool), options.engine, options.head);
  run->load_seconds = stopwatch.seconds();
  const int64_t disk_after = disk_bytes_read();
  if (disk_before >= 0 && disk_after >= 0) run->load_disk_bytes = disk_after - disk_before;
  run->resident_bytes = memory_use().resident;
  run->engine = model.backend->description();
  return model;
}

BenchPlan checked_plan(const BenchCommandOptions& options, int64_t max_length) {
  BenchPlan plan = plan_bench(options.grid, max_length, options.bench.seed);
  if (!plan.workloads.empty()) return plan;
  throw CLI::ValidationError(
      "--lengths",
      fmt::format("all are too long: {} takes at most {} tokens", options.model, max_length));
}

// The model is gone when this returns: the next run's memory is its own.
void run_with(const BenchCommandOptions& options, int threads, BenchReport* report) {
  const bool peak_is_ours = reset_peak_memory();
  BenchRun run;
  const LoadedModel model = load_measured(options, report->model_path, threads, &run);
  report->max_length = model.backend->max_sequence_length();
  report->head = to_string(model.backend->head());
  const BenchPlan plan = checked_plan(options, report->max_length);
  report->notes = plan.notes;
  if (!peak_is_ours) {
    report->notes.emplace_back("The peak of memory is that of the whole program so far.");
  }
  const auto vocabulary = model.config.at("vocab_size").get<int64_t>();
  Progress progress(fmt::format("bench, threads: {}", run.threads),
                    static_cast<int64_t>(plan.workloads.size()));
  for (const BenchWorkload& workload : plan.workloads) {
    progress.note(fmt::format("{} x {} tokens", workload.sequences(), workload.longest()));
    progress.add(0);
    run.results.push_back(bench(*model.backend, workload, vocabulary, options.bench));
    progress.add(1);
  }
  run.peak_bytes = memory_use().peak_resident;
  report->runs.push_back(std::move(run));
}

std::string formatted(const BenchReport& report, BenchFormat format) {
  switch (format) {
    case BenchFormat::csv:
      return bench_csv(report);
    case BenchFormat::json:
      return dump_json(bench_json(report), 2) + "\n";
    default:
      return bench_text(report, format == BenchFormat::markdown);
  }
}

void run(BenchCommandOptions options) {
  options.grid.mixed = parse_mixed(options.mixed);
  BenchReport report;
  report.model_path = find_model(options.model);
  // A file that cannot be written must fail before the work, not after.
  std::optional<AtomicFile> output;
  if (!options.output.empty()) output.emplace(options.output);
  report.created = utc_timestamp();
  report.host = read_host_facts();
  report.model_name = options.model;
  report.options = options.bench;
  for (const int threads : options.threads) run_with(options, threads, &report);
  if (output) {
    output->write(dump_json(bench_json(report), 2) + "\n");
    output->commit();
  }
  if (options.format == BenchFormat::csv) {  // the only one with no place for them
    for (const std::string& note : report.notes) std::fputs((note + "\n").c_str(), stderr);
  }
  write_output(formatted(report, options.format));
}

void add_model_options(CLI::App& command, BenchCommandOptions* options) {
  command.add_option("model,--model", options->model, "Name, hub id or directory of the model")
      ->required()
      ->type_name("MODEL");
  add_head_option(command, &options->head);
  command
      .add_option("--threads", options->threads,
                  "Numbers of threads, parted by commas; 0: as many as the process may use")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str()
      ->check(CLI::Range(0, 1024))
      ->type_name("LIST");
}

void add_grid_options(CLI::App& command, BenchCommandOptions* options) {
  add_engine_flags(command, &options->engine);
  command
      .add_option("--lengths", options->grid.lengths,
                  "Tokens per sequence, parted by commas; what is too long for the model is left "
                  "out, with a note")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, kLongest))
      ->type_name("LIST");
  command
      .add_option("--batch-sizes", options->grid.batch_sizes,
                  "Sequences per call, parted by commas")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, kMostSequences))
      ->type_name("LIST");
  command
      .add_option("--mixed", options->mixed,
                  "Also so many sequences of lengths from the shortest to the longest in one call, "
                  "and the same padded; none: not")
      ->capture_default_str()
      ->type_name("COUNTxSHORTEST-LONGEST");
}

void add_run_options(CLI::App& command, BenchCommandOptions* options) {
  command
      .add_option("--seconds", options->bench.seconds,
                  "Least time of the calls of a row of the table together")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 3600.0))
      ->type_name("SECONDS");
  command.add_option("--min-calls", options->bench.min_calls, "Least number of calls of a row")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("COUNT");
  command.add_option("--seed", options->bench.seed, "Of the token ids")->capture_default_str();
  const std::map<std::string, BenchFormat> formats = {{"table", BenchFormat::table},
                                                      {"markdown", BenchFormat::markdown},
                                                      {"csv", BenchFormat::csv},
                                                      {"json", BenchFormat::json}};
  command
      .add_option("--format", options->format,
                  "What to print: table (the default), markdown, csv or json")
      ->transform(CLI::Transformer(formats, CLI::ignore_case))
      ->type_name("NAME");
  command.add_option("--output,--save-results", options->output, "Also write the result as JSON")
      ->type_name("FILE");
}

}  // namespace

void add_bench_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("bench", "Measure a model's speed on random tokens, by length and batch");
  auto options = std::make_shared<BenchCommandOptions>();
  add_model_options(*command, options.get());
  add_grid_options(*command, options.get());
  add_run_options(*command, options.get());
  command->footer(
      "Examples:\n"
      "  jetson-nlp bench all-MiniLM-L6-v2\n"
      "  jetson-nlp bench DIR --lengths 128 --batch-sizes 1,32 --mixed none --threads 1,2\n"
      "  jetson-nlp bench org/name --seconds 5 --format markdown --save-results bench.json");
  command->callback([options] { run(*options); });
}

}  // namespace jnlp
