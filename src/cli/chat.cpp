#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>

#include "base/error.h"
#include "cli/chat_terminal.h"
#include "cli/commands.h"
#include "cli/faq_terminal.h"
#include "cli/load_faq.h"
#include "cli/load_generator.h"
#include "cli/text_input.h"
#include "cli/text_output.h"
#include "tasks/conversation.h"
#include "tasks/faq_writer.h"

namespace jnlp {
namespace {

struct ChatOptions {
  std::string text;
  std::string system;
  GeneratorFlags generator;
  FaqFlags faq;
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
  source.offers_replacing = false;
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

// Options of the language model would have no effect where it is not asked.
void refuse_generator_options(const CLI::App& command) {
  for (const char* name :
       {"--system", "--model", "--context-size", "--n-gpu-layers", "--max-tokens", "--temperature",
        "--top-k", "--top-p", "--min-p", "--repeat-penalty", "--seed", "--stop", "--grammar-file",
        "--json-schema"}) {
    if (command.count(name) > 0) {
      throw CLI::ValidationError(name, "is for --answer-by llm; extractive answers need no such");
    }
  }
}

// The language model that answers from passages, or nothing when a model quotes them.
std::unique_ptr<FaqReader> load_faq_writer(ChatOptions* options) {
  if (options->faq.answer_by != FaqAnswerBy::llm) return nullptr;
  auto model = load_generator(&options->generator);
  return std::make_unique<FaqWriter>(std::move(model), options->generator.generate,
                                     options->system);
}

void run_faq(ChatOptions* options, const std::string& text, bool talk, bool terminal) {
  auto writer = load_faq_writer(options);
  FaqAnswerer faq = load_faq(options->faq, std::move(writer),
                             std::make_shared<ThreadPool>(options->generator.llama.threads));
  if (talk) {
    run_faq_terminal(&faq, terminal);
  } else {
    answer_from_faq(&faq, text, options->json);
  }
}

void run(ChatOptions options, const CLI::App& command) {
  const bool terminal = ::isatty(STDIN_FILENO) == 1;
  const bool talk = options.interactive || (options.text.empty() && terminal);
  if (talk && options.json) throw CLI::ValidationError("--json", "is for a single question");
  if (talk && !options.text.empty()) {
    throw CLI::ValidationError("--interactive", "reads the questions; give no text");
  }
  const bool from_documents = !options.faq.documents.empty();
  if (from_documents && options.faq.answer_by == FaqAnswerBy::extractive) {
    refuse_generator_options(command);
  }
  const std::string text = talk ? "" : question(options);
  if (from_documents) return run_faq(&options, text, talk, terminal);
  Conversation conversation(load_generator(&options.generator), options.system);
  if (talk) {
    run_chat_terminal(&conversation, options.generator.generate, terminal);
  } else {
    answer_once(options, text, &conversation);
  }
}

}  // namespace

void add_chat_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("chat", "Talk to a language model, or ask questions about documents");
  auto options = std::make_shared<ChatOptions>();
  command->add_option("text", options->text,
                      "A single question; without it a conversation on a terminal, else all of "
                      "standard input is the question");
  command->add_option("--system", options->system, "What the model is told before the conversation")
      ->type_name("TEXT");
  add_generator_flags(*command, &options->generator);
  add_faq_flags(*command, &options->faq);
  command->add_flag("--json", options->json, "The answer with its figures as a JSON object");
  command->add_flag("--interactive", options->interactive,
                    "A conversation though standard input is no terminal: a line is a question");
  command->footer(
      "Examples:\n"
      "  jetson-nlp chat\n"
      "  jetson-nlp chat \"What is the capital of France?\"\n"
      "  jetson-nlp chat --system \"Answer in one sentence.\" --max-tokens 60 < question.txt\n"
      "  jetson-nlp chat --model ./Llama-3.2-3B-Instruct-Q4_K_M.gguf --temperature 0.7 --seed 1\n"
      "  jetson-nlp chat --faq faq.jsonl --faq manuals/ \"How long is the warranty?\"");
  command->callback([options, command] { run(*options, *command); });
}

}  // namespace jnlp
