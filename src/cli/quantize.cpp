#include "backends/llama/quantize.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "backends/llama/llama_backend.h"
#include "backends/llama/speed.h"
#include "base/error.h"
#include "base/file.h"
#include "base/progress.h"
#include "base/stopwatch.h"
#include "cli/commands.h"
#include "cli/load_generator.h"
#include "cli/perplexity_text.h"
#include "cli/text_output.h"
#include "report/table.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

constexpr int kSpeedRounds = 3;

struct QuantizeArguments {
  std::string input;
  fs::path output;
  std::string type;
  QuantizeOptions quantize;
  std::string text_file;
  int64_t window = 512;
  std::optional<double> greatest_increase;  // percent
  bool force = false;
  bool json = false;
};

// One of the two models with all that was measured of it.
struct MeasuredModel {
  std::string file;
  std::string type;
  uintmax_t bytes = 0;
  Perplexity perplexity;
  LlamaSpeed speed;
};

struct Comparison {
  MeasuredModel before;
  MeasuredModel after;
  double seconds = 0;  // of quantizing alone
  std::string text;
  int64_t window = 0;

  double increase_percent() const {
    return (after.perplexity.value / before.perplexity.value - 1) * 100;
  }
  double size_ratio() const {
    return static_cast<double>(after.bytes) / static_cast<double>(before.bytes);
  }
};

Perplexity perplexity_of(const fs::path& gguf, const std::string& text, std::string label,
                         const QuantizeArguments& arguments) {
  const auto scorer = load_llama_scorer(
      gguf, {.context_size = arguments.window, .threads = arguments.quantize.threads});
  std::optional<Progress> progress;
  PerplexityOptions options;
  options.window = arguments.window;
  options.on_window = [&](int64_t done, int64_t all) {
    if (!progress) progress.emplace(std::move(label), all);
    progress->set(done);
  };
  return scorer->perplexity(text, options);
}

void quantize_to(const fs::path& input, const fs::path& output,
                 const QuantizeArguments& arguments) {
  std::optional<Progress> progress;
  QuantizeOptions options = arguments.quantize;
  options.on_tensor = [&](int64_t tensor, int64_t all) {
    if (!progress) progress.emplace("quantizing", all);
    progress->set(tensor);
  };
  quantize_gguf(input, output, arguments.type, options);
}

// No artifact without evidence.
void check_increase(const Comparison& comparison, std::optional<double> greatest) {
  if (!std::isfinite(comparison.after.perplexity.value)) {
    throw Error(ErrorCode::unsupported,
                fmt::format("nothing was written: as {} the model predicts nothing any more",
                            comparison.after.type));
  }
  if (!greatest || comparison.increase_percent() <= *greatest) return;
  throw Error(
      ErrorCode::unsupported,
      fmt::format("nothing was written: as {} the perplexity rises from {:.4f} to {:.4f}, by "
                  "{:.2f} %, and {:g} % were allowed",
                  comparison.after.type, comparison.before.perplexity.value,
                  comparison.after.perplexity.value, comparison.increase_percent(), *greatest));
}

OrderedJson to_json(const MeasuredModel& model) {
  return {{"file", model.file},
          {"type", model.type},
          {"bytes", model.bytes},
          {"perplexity", model.perplexity.value},
          {"perplexity_standard_error", model.perplexity.standard_error},
          {"bits_per_byte", model.perplexity.bits_per_byte},
          {"prefill_tokens_per_second", model.speed.prefill_tokens_per_second},
          {"decode_tokens_per_second", model.speed.decode_tokens_per_second}};
}

OrderedJson to_json(const Comparison& comparison) {
  return {{"before", to_json(comparison.before)},
          {"after", to_json(comparison.after)},
          {"size_ratio", comparison.size_ratio()},
          {"perplexity_increase_percent", comparison.increase_percent()},
          {"text", comparison.text},
          {"scored_tokens", comparison.before.perplexity.tokens},
          {"window", comparison.window},
          {"quantize_seconds", comparison.seconds}};
}

std::string to_table(const Comparison& comparison) {
  const MeasuredModel& before = comparison.before;
  const MeasuredModel& after = comparison.after;
  using Align = TextTable::Align;
  TextTable table({{"", Align::left},
                   {"before", Align::right},
                   {"after", Align::right},
                   {"change", Align::right}});
  const auto megabytes = [](uintmax_t bytes) {
    return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
  };
  const auto measured = [](const Perplexity& perplexity) {
    return fmt::format("{:.4f} ± {:.4f}", perplexity.value, perplexity.standard_error);
  };
  const auto add_rate = [&](const char* name, double old_rate, double new_rate) {
    table.add_row({name, fmt::format("{:.1f}", old_rate), fmt::format("{:.1f}", new_rate),
                   fmt::format("x {:.2f}", new_rate / old_rate)});
  };
  table.add_row({"weights", before.type, after.type});
  table.add_row({"file", megabytes(before.bytes), megabytes(after.bytes),
                 fmt::format("x {:.2f}", comparison.size_ratio())});
  table.add_row({"perplexity", measured(before.perplexity), measured(after.perplexity),
                 fmt::format("{:+.2f} %", comparison.increase_percent())});
  table.add_row({"bits per byte", fmt::format("{:.4f}", before.perplexity.bits_per_byte),
                 fmt::format("{:.4f}", after.perplexity.bits_per_byte)});
  add_rate("prefill tokens/s", before.speed.prefill_tokens_per_second,
           after.speed.prefill_tokens_per_second);
  add_rate("decode tokens/s", before.speed.decode_tokens_per_second,
           after.speed.decode_tokens_per_second);
  return fmt::format("{}\n{}perplexity of {} tokens of {}, windows of {}; quantized in {:.1f} s\n",
                     after.file, table.to_string(), before.perplexity.tokens, comparison.text,
                     comparison.window, comparison.seconds);
}

void check_output(const fs::path& input, const QuantizeArguments& arguments) {
  std::error_code ignored;
  if (fs::equivalent(input, arguments.output, ignored)) {
    throw Error(
        ErrorCode::invalid_input,
        fmt::format("{} would be written over itself; give another output", input.string()));
  }
  if (fs::exists(arguments.output, ignored) && !arguments.force) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} exists; --force replaces it", arguments.output.string()));
  }
}

Comparison compare(const fs::path& input, const fs::path& output,
                   const QuantizeArguments& arguments) {
  const auto [text, name] = read_perplexity_text(arguments.text_file);
  Comparison comparison;
  comparison.text = name;
  comparison.window = arguments.window;
  comparison.before.file = input.string();
  comparison.before.type = gguf_type_of(input);
  comparison.before.bytes = fs::file_size(input);
  comparison.before.perplexity = perplexity_of(input, text, "before", arguments);
  const Stopwatch stopwatch;
  quantize_to(input, output, arguments);
  comparison.seconds = stopwatch.seconds();
  comparison.after.file = arguments.output.string();
  comparison.after.type = gguf_type_of(output);
  comparison.after.bytes = fs::file_size(output);
  comparison.after.perplexity = perplexity_of(output, text, "after", arguments);
  return comparison;
}

void run(const QuantizeArguments& arguments) {
  if (!has_llama()) load_llama({});  // says so, before a model is looked for
  const fs::path input = find_gguf(arguments.input);
  check_output(input, arguments);
  AtomicFile output(arguments.output, AtomicFile::Temporary::named);
  Comparison comparison = compare(input, output.temporary_path(), arguments);
  check_increase(comparison, arguments.greatest_increase);
  const auto speeds = measure_llama_speed(std::array{input, output.temporary_path()},
                                          {.threads = arguments.quantize.threads}, kSpeedRounds);
  comparison.before.speed = speeds[0];
  comparison.after.speed = speeds[1];
  output.commit();
  write_output(arguments.json ? dump_json(to_json(comparison)) + "\n" : to_table(comparison));
}

}  // namespace

void add_quantize_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "quantize", "Make a GGUF model smaller, and measure what that costs before it is written");
  auto arguments = std::make_shared<QuantizeArguments>();
  command->add_option("input", arguments->input, "GGUF file, or the name of a model with one")
      ->required()
      ->type_name("IN.gguf");
  command->add_option("output", arguments->output, "File to write")
      ->required()
      ->type_name("OUT.gguf");
  CLI::Option* type = command->add_option("type", arguments->type, "Q4_K_M, Q8_0, F16, ...")
                          ->required()
                          ->type_name("TYPE");
  if (has_llama()) {
    std::vector<std::string> names;
    for (const std::string_view name : gguf_types()) names.emplace_back(name);
    type->transform(CLI::IsMember(std::move(names), CLI::ignore_case))->type_name("TYPE");
  }
  command->add_flag("--allow-requantize", arguments->quantize.allow_requantize,
                    "Quantize weights that are quantized already once more, which loses more");
  command
      ->add_option("--perplexity-text", arguments->text_file,
                   "Text to measure perplexity on; without it the paragraphs of a smoke set")
      ->type_name("FILE");
  command
      ->add_option("--perplexity-window", arguments->window,
                   "Tokens of a window, of which the second half is scored")
      ->capture_default_str()
      ->check(CLI::Range(4, 1'000'000));
  command
      ->add_option("--max-perplexity-increase", arguments->greatest_increase,
                   "Write nothing, and fail, when perplexity rises by more than this")
      ->type_name("PERCENT")
      ->check(CLI::Range(0.0, 1e9));
  command->add_option("--threads", arguments->quantize.threads, "0: as many as the process may use")
      ->capture_default_str()
      ->check(CLI::Range(0, 512));
  command->add_flag("--force", arguments->force, "Replace the output when it exists");
  command->add_flag("--json", arguments->json, "The measurements as a JSON object");
  command->footer(
      "Examples:\n"
      "  jetson-nlp quantize model-F16.gguf model-Q4_K_M.gguf Q4_K_M\n"
      "  jetson-nlp quantize model-F16.gguf model-Q8_0.gguf Q8_0 --max-perplexity-increase 1\n"
      "  jetson-nlp quantize model-F16.gguf small.gguf Q4_0 --perplexity-text wiki.txt --json");
  command->callback([arguments] { run(*arguments); });
}

}  // namespace jnlp
