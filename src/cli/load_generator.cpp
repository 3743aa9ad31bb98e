#include "cli/load_generator.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <vector>

#include "backends/json_schema_grammar.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/task_command.h"
#include "hub/hub.h"
#include "hub/local_models.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

fs::path only_gguf_of(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".gguf") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.size() == 1) return files.front();
  if (files.empty()) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} holds no GGUF file, which generating text needs", folder.string()));
  }
  std::string names;
  for (const fs::path& file : files) names += "\n  " + file.string();
  throw Error(ErrorCode::invalid_input,
              fmt::format("{} holds several GGUF files; name one:{}", folder.string(), names));
}

void add_sampling_flags(CLI::App& command, GenerateOptions* options) {
  command.add_option("--max-tokens", options->max_tokens, "Tokens of an answer")
      ->capture_default_str()
      ->check(CLI::Range(0, kMaxCount));
  command
      .add_option("--temperature", options->temperature,
                  "0: always the likeliest token; 1: as likely as the model says")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 100.0));
  command
      .add_option("--top-k", options->top_k, "Draw from this many likeliest tokens; 0: from all")
      ->capture_default_str()
      ->check(CLI::Range(0, kMaxCount));
  command
      .add_option("--top-p", options->top_p,
                  "Draw from the likeliest tokens that have this probability together")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  command
      .add_option("--min-p", options->min_p,
                  "Leave out tokens less likely than this part of the likeliest")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  command
      .add_option("--repeat-penalty", options->repeat_penalty,
                  "Above 1, tokens of the last 64 become less likely")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 10.0));
  command.add_option("--seed", options->seed, "The same seed draws the same text")
      ->capture_default_str();
  command.add_option("--stop", options->stop, "End before this text; may be given several times")
      ->allow_extra_args(false)
      ->type_name("TEXT");
}

std::string read_schema(const std::string& file_or_text) {
  const size_t first = file_or_text.find_first_not_of(" \t\r\n");
  const bool text = first != std::string::npos && file_or_text[first] == '{';
  std::string schema = text ? file_or_text : read_file(file_or_text);
  json_schema_grammar(schema);  // so that what is wrong with it is said before a model is loaded
  return schema;
}

}  // namespace

GpuLayers parse_gpu_layers(const std::string& text) {
  if (text == "auto") return GpuLayers::Kind::automatic;
  return text == "all" ? GpuLayers(GpuLayers::Kind::all) : GpuLayers(std::stoi(text));
}

void add_gpu_layers_option(CLI::App& command, std::string* text) {
  command
      .add_option("--n-gpu-layers", *text,
                  "Layers to keep on a GPU: a number, all, or auto, as many as fit")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "all"}) | CLI::Range(-1, kMaxCount));
}

fs::path find_gguf(const std::string& name) {
  std::error_code ignored;
  if (name == kDefaultGenerator && !fs::exists(name, ignored) &&
      !find_local_model(name, HubConfig::from_environment())) {
    throw Error(ErrorCode::not_found,
                fmt::format("the model {} is not here; 'tools/setup.sh llm' fetches it (98 MB), or "
                            "name another with --model",
                            name));
  }
  const fs::path path = resolve_model(name);
  return fs::is_directory(path) ? only_gguf_of(path) : path;
}

void add_generator_flags(CLI::App& command, GeneratorFlags* flags) {
  command
      .add_option("--model", flags->model,
                  "Name of the model, a GGUF file, or one of the hub (org/name:file.gguf)")
      ->capture_default_str();
  command
      .add_option("--context-size", flags->llama.context_size,
                  "Tokens of conversation and answer; 0: as the model was trained, at most 4096")
      ->capture_default_str()
      ->check(CLI::Range(0, 100'000'000));
  add_gpu_layers_option(command, &flags->gpu_layers);
  command
      .add_option("--threads", flags->llama.threads, "Threads; 0: as many as the process may use")
      ->capture_default_str()
      ->check(CLI::Range(0, 512));
  add_sampling_flags(command, &flags->generate);
  CLI::Option* grammar =
      command
          .add_option("--grammar-file", flags->grammar_file,
                      "GBNF grammar, with a rule named root, that the answer must follow")
          ->type_name("FILE");
  command
      .add_option("--json-schema", flags->json_schema,
                  "JSON schema that the answer must satisfy: a file, or the schema itself")
      ->type_name("FILE|JSON")
      ->excludes(grammar);
}

std::unique_ptr<TextGenerator> load_generator(GeneratorFlags* flags) {
  check_options(flags->generate);
  if (!flags->grammar_file.empty()) flags->generate.grammar = read_file(flags->grammar_file);
  if (!flags->json_schema.empty()) flags->generate.json_schema = read_schema(flags->json_schema);
  // Before the model is looked for, which might download it.
  if (!has_llama()) return load_llama({});
  flags->llama.gpu_layers = parse_gpu_layers(flags->gpu_layers);
  return load_llama(find_gguf(flags->model), flags->llama);
}

}  // namespace jnlp
