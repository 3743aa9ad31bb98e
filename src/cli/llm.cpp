#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/cpu_budget.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/llm_plans.h"
#include "cli/llm_prompts.h"
#include "cli/load_generator.h"
#include "cli/perplexity_text.h"
#include "cli/result_file.h"
#include "cli/task_command.h"
#include "cli/text_output.h"
#include "evaluate/dataset_locator.h"
#include "llm/comparison.h"
#include "llm/comparison_output.h"

namespace jnlp {
namespace {

enum class LlmFormat { table, markdown, json };

struct LlmArguments {
  LlmFlags flags;
  std::vector<std::string> prompts;
  ComparisonOptions comparison;
  bool no_perplexity = false;
  std::string perplexity_file;
  std::vector<std::string> quality;
  QualityOptions questions;
  std::vector<std::string> data_dirs;
  LlmFormat format = LlmFormat::table;
  std::string output;
  std::string html;
};

std::vector<QualitySet> quality_sets(const LlmArguments& arguments) {
  std::vector<std::filesystem::path> folders(arguments.data_dirs.begin(),
                                             arguments.data_dirs.end());
  for (const auto& folder : default_data_dirs()) folders.push_back(folder);
  std::vector<QualitySet> sets;
  for (const std::string& name : arguments.quality) {
    const auto path = find_quality_set(name, folders);
    const bool is_file = std::filesystem::path(name) == path;
    sets.push_back(
        read_quality_set(is_file ? path.filename().string() : name, path, arguments.questions));
  }
  return sets;
}

std::string formatted(const LlmComparison& comparison, LlmFormat format) {
  if (format == LlmFormat::json) return dump_json(comparison_json(comparison), 2) + "\n";
  return comparison_text(comparison, format == LlmFormat::markdown);
}

// What was named must work; of all methods, those that there are.
void check_failures(const LlmArguments& arguments, const LlmComparison& comparison) {
  const auto failed = static_cast<size_t>(
      std::count_if(comparison.methods.begin(), comparison.methods.end(),
                    [](const MethodResult& method) { return !method.failure.empty(); }));
  const bool named = !arguments.flags.all_methods && !arguments.flags.methods.empty() &&
                     arguments.flags.methods.front() != "all";
  if (failed == comparison.methods.size() || (named && failed > 0)) {
    throw Error(ErrorCode::not_found, fmt::format("{} of {} methods failed; the table says why",
                                                  failed, comparison.methods.size()));
  }
}

void run(LlmArguments arguments) {
  ComparisonOptions& options = arguments.comparison;
  options.prompts = read_prompts(arguments.prompts);
  options.quality = quality_sets(arguments);
  if (!arguments.no_perplexity) {
    PerplexityText text = read_perplexity_text(arguments.perplexity_file);
    options.perplexity_text = std::move(text.text);
    options.perplexity_name = std::move(text.name);
  }
  const auto output = open_result_file(arguments.output);
  const auto html = open_result_file(arguments.html);
  LlmComparison comparison = compare_runtimes(plans_of(arguments.flags), options);
  comparison.threads = arguments.flags.threads > 0 ? arguments.flags.threads : cpu_budget().threads;
  finish_file(output.get(), dump_json(comparison_json(comparison), 2) + "\n");
  finish_file(html.get(), comparison_html(comparison));
  write_output(formatted(comparison, arguments.format));
  check_failures(arguments, comparison);
}

void add_method_options(CLI::App& command, LlmFlags* flags) {
  std::vector<std::string> names = llm_methods();
  names.emplace_back("all");
  command
      .add_option("--method", flags->methods,
                  "huggingface, llamacpp, ollama, openai or all (the default); several with commas")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(std::move(names)))
      ->type_name("NAME");
  command.add_flag("--all-methods", flags->all_methods, "Same as --method all");
  command
      .add_option("--model", flags->model,
                  "Model of huggingface (name or folder), and of the other methods where they have "
                  "no option of their own; by default SmolLM2-135M-Instruct for all")
      ->type_name("MODEL");
  command.add_option("--model-path", flags->model_path, "GGUF file of llamacpp")->type_name("FILE");
  command
      .add_option("--ollama-model", flags->ollama_model,
                  "Name of a model of Ollama; without it one is made there from the GGUF file")
      ->type_name("NAME");
  command
      .add_option("--ollama-url", flags->ollama_url,
                  "Ollama's server; by default $OLLAMA_HOST or http://127.0.0.1:11434")
      ->type_name("URL");
  command
      .add_option("--url", flags->url,
                  "A server with OpenAI's API, for example http://127.0.0.1:8080/v1; the key is "
                  "$OPENAI_API_KEY")
      ->type_name("URL");
  command
      .add_option("--openai-model", flags->openai_model,
                  "Model of that server; by default its only one")
      ->type_name("NAME");
  command
      .add_option("--context-size", flags->context_size,
                  "Tokens of llamacpp and ollama; 0: as the model was trained, at most 4096")
      ->capture_default_str()
      ->check(CLI::Range(0, 100'000'000));
  add_gpu_layers_option(command, &flags->gpu_layers);
  command.add_option("--threads", flags->threads, "Threads; 0: as many as the process may use")
      ->capture_default_str()
      ->check(CLI::Range(0, 512));
}

void add_run_options(CLI::App& command, LlmArguments* arguments) {
  ComparisonOptions& options = arguments->comparison;
  command
      .add_option("--prompts", arguments->prompts,
                  "A prompt, or a file with one per line or JSON lines; may be given several times")
      ->allow_extra_args(false)
      ->type_name("TEXT|FILE");
  command.add_flag("--chat", options.chat,
                   "Prompts are a user's messages, put into the model's chat template");
  command.add_option("--max-tokens", options.max_tokens, "Tokens of an answer")
      ->capture_default_str()
      ->check(CLI::Range(1, kMaxCount));
  command.add_option("--runs", options.runs, "How many times all prompts are run")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command.add_flag("--in-turns", options.in_turns,
                   "Load all models at once and alternate between them, so that all see the same "
                   "state of the machine; needs the memory of all of them");
  command
      .add_option("--reference", options.reference,
                  "Method whose texts the others' are compared with; by default the first")
      ->check(CLI::IsMember(llm_methods()))
      ->type_name("NAME");
}

void add_quality_options(CLI::App& command, LlmArguments* arguments) {
  command
      .add_option("--perplexity-text", arguments->perplexity_file,
                  "Text to measure perplexity on; by default the paragraphs of a smoke set")
      ->type_name("FILE");
  command.add_flag("--no-perplexity", arguments->no_perplexity, "Do not measure perplexity");
  command
      .add_option("--quality", arguments->quality,
                  "Questions with known answers: arc_easy, mmlu, gsm8k, lambada in a data folder, "
                  "or a file; several with commas")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAMES");
  command
      .add_option("--quality-samples", arguments->questions.samples,
                  "A random subset of so many questions of each set; 0: all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command
      .add_option("--shots", arguments->questions.shots,
                  "Worked examples in each prompt; -1: 5 for mmlu and gsm8k, else none")
      ->capture_default_str()
      ->check(CLI::Range(-1, 100));
  command.add_option("--seed", arguments->questions.seed, "Of the subset")->capture_default_str();
  command
      .add_option("--data-dir", arguments->data_dirs,
                  "Folder with questions; searched before $JETSON_NLP_DATA and ours")
      ->type_name("FOLDER");
}

void add_output_options(CLI::App& command, LlmArguments* arguments) {
  const std::map<std::string, LlmFormat> formats = {
      {"table", LlmFormat::table}, {"markdown", LlmFormat::markdown}, {"json", LlmFormat::json}};
  command
      .add_option("--format", arguments->format,
                  "What to print: table (the default), markdown or json")
      ->transform(CLI::Transformer(formats, CLI::ignore_case))
      ->type_name("NAME");
  command.add_option("--output,--save-results", arguments->output, "Write the result as JSON")
      ->type_name("FILE");
  command.add_option("--html", arguments->html, "Write the result as a web page with charts")
      ->type_name("FILE");
}

}  // namespace

void add_llm_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("llm", "Compare ways to run a language model: speed, memory and quality");
  auto arguments = std::make_shared<LlmArguments>();
  add_method_options(*command, &arguments->flags);
  add_run_options(*command, arguments.get());
  add_quality_options(*command, arguments.get());
  add_output_options(*command, arguments.get());
  command->footer(
      "Examples:\n"
      "  jetson-nlp llm --all-methods --html comparison.html --output comparison.json\n"
      "  jetson-nlp llm --method llamacpp --model-path model.gguf --max-tokens 100 --runs 5\n"
      "  jetson-nlp llm --method huggingface --model gpt2\n"
      "  jetson-nlp llm --method llamacpp,ollama --in-turns --prompts questions.txt --chat\n"
      "  jetson-nlp llm --method llamacpp --quality arc_easy,lambada --data-dir ~/data");
  command->callback([arguments] { run(*arguments); });
}

}  // namespace jnlp
