#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

#include "base/error.h"
#include "cli/train_options.h"
#include "hub/hub.h"
#include "train/trainer.h"

// The program behind `jetson-nlp train`: the only one that links libtorch.

namespace {

using namespace jnlp;

std::atomic<bool> stop_requested{false};

void request_stop(int signal) {
  // A second signal ends the program at once.
  std::signal(signal, SIG_DFL);
  stop_requested = true;
}

bool needs_quotes(const std::string& word) {
  return word.empty() || word.find_first_of(" \t\n'\"\\$&;|<>*?()`") != std::string::npos;
}

// Folders are left out of the card's command: they are the trainer's own.
std::string command_line(int argc, char** argv) {
  std::string line = "jetson-nlp train";
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (word == "--data-terms" && i + 1 < argc) {
      ++i;
      continue;
    }
    const std::filesystem::path path(word);
    if (path.is_absolute() || std::filesystem::exists(path)) word = path.filename().string();
    line += needs_quotes(word) ? " '" + word + "'" : " " + word;
  }
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGINT, request_stop);
  std::signal(SIGTERM, request_stop);
  CLI::App app("Fine-tunes an encoder: a LoRA adapter or a full model in Hugging Face layout.",
               "jetson-nlp train");
  TrainArguments arguments;
  add_train_options(app, &arguments);
  try {
    app.parse(argc, argv);
    finish_train_options(&arguments);
    arguments.options.command_line = command_line(argc, argv);
    arguments.options.files.base = resolve_model(arguments.base);
    const OrderedJson report = train(arguments.options, stop_requested);
    fmt::print("{}\n", dump_json(report, 2));
    return std::fflush(stdout) == 0 ? 0 : 1;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    fmt::print(stderr, "jetson-nlp train: {} (see 'jetson-nlp train --help')\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "jetson-nlp train: {}\n", error.what());
    return 1;
  }
}
