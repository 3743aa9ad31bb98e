#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/error.h"
#include "cli/chat_terminal.h"
#include "cli/commands.h"
#include "cli/load_generator.h"
#include "cli/text_input.h"
#include "cli/text_output.h"
#include "tasks/conversation.h"

namespace jnlp {
namespace {

struct ChatOptions {
  std::string text;
  std::string system;
  GeneratorFlags generator;
  bool json = false;
  bool interactive = false;
};

OrderedJson to_json(const Generation& answer, const std::string& model,
                    const LayerPlacement& placement) {
  const GenerationStats& stats = answer.stats;
  OrderedJson json = {{"answer", answer.text},
                      {"finish_reason", to_string(answer.finish_reason)},
                      {"model", model},
                      {"prompt_tokens", stats.prompt_tokens},
                      {"reused_tokens", stats.reused_tokens},
                      {"generated_tokens", stats.generated_tokens},
                      {"prefill_seconds", stats.prefill_seconds},
                      {"decode_seconds", stats.decode_seconds}};
  json["first_token_seconds"] = nullptr;
  if (stats.first_token_seconds) json["first_token_seconds"] = *stats.first_token_seconds;
  json["layers"] = placement.layers;
  json["gpu_layers"] = placement.on_gpu;
  return json;
}

// The text given, or all of standard input, checked as any other text.
std::string question(const ChatOptions& options) {
  InputOptions source;
  source.format = InputOptions::Format::lines;
  if (options.text.empty()) {
    source.files = {"-"};
    source.whole_file = true;
  } else {
    source.texts = {options.text};
  }
  std::string text = TextInput(source).next()->take_text("text");
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) throw Error(ErrorCode::invalid_input, "the question is empty");
  return text;
}

void answer_once(const ChatOptions& options, const std::string& text, Conversation* conversation) {
  GenerationHooks hooks;
  if (!options.json) {
    hooks.on_text = [](std::string_view piece) {
      write_output(piece);
      flush_output();
    };
  }
  const Generation answer = conversation->answer(text, options.generator.generate, hooks);
  write_output(options.json ? dump_json(to_json(answer, options.generator.model,
                                                conversation->model().placement())) +
                                  "\n"
                            : "\n");
}

void run(ChatOptions options) {
  const bool terminal = ::isatty(STDIN_FILENO) == 1;
  const bool talk = options.interactive || (options.text.empty() && terminal);
  if (talk && options.json) throw CLI::ValidationError("--json", "is for a single question");
  if (talk && !options.text.empty()) {
    throw CLI::ValidationError("--interactive", "reads the questions; give no text");
  }
  const std::string text = talk ? "" : question(options);
  Conversation conversation(load_generator(&options.generator), options.system);
  if (talk) {
    run_chat_terminal(&conversation, options.generator.generate, terminal);
  } else {
    answer_once(options, text, &conversation);
  }
}

}  // namespace

void add_chat_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("chat", "Talk to a language model");
  auto options = std::make_shared<ChatOptions>();
  command->add_option("text", options->text,
                      "A single question; without it a conversation on a terminal, else all of "
                      "standard input is the question");
  command->add_option("--system", options->system, "What the model is told before the conversation")
      ->type_name("TEXT");
  add_generator_flags(*command, &options->generator);
  command->add_flag("--json", options->json, "The answer with its figures as a JSON object");
  command->add_flag("--interactive", options->interactive,
                    "A conversation though standard input is no terminal: a line is a question");
  command->footer(
      "Examples:\n"
      "  jetson-nlp chat\n"
      "  jetson-nlp chat \"What is the capital of France?\"\n"
      "  jetson-nlp chat --system \"Answer in one sentence.\" --max-tokens 60 < question.txt\n"
      "  jetson-nlp chat --model ./Llama-3.2-3B-Instruct-Q4_K_M.gguf --temperature 0.7 --seed 1");
  command->callback([options] { run(*options); });
}

}  // namespace jnlp
