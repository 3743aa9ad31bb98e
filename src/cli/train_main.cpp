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

// A path as the card shows it: folders are the trainer's own. A hub's name stays whole.
std::string shown(const std::string& option, const std::string& value) {
  const bool is_path = option == "--data" || option == "--dev" || option == "--output";
  const bool is_local = value.starts_with('.') || value.starts_with('/') || value.starts_with('~');
  if (!is_path && !(option == "--base" && is_local)) return value;
  std::filesystem::path path(value);
  if (!path.has_filename()) path = path.parent_path();
  return path.filename().string();
}

std::string command_line(int argc, char** argv) {
  std::string line = "jetson-nlp train", option;
  const auto add = [&](const std::string& word) {
    line += needs_quotes(word) ? " '" + word + "'" : " " + word;
  };
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    std::string value = word;
    if (word.starts_with("--")) {
      const size_t equals = word.find('=');
      option = word.substr(0, equals);
      if (option != "--data-terms") add(option);  // the card states them already
      if (equals == std::string::npos) continue;
      value = word.substr(equals + 1);
    }
    if (option != "--data-terms") add(shown(option, value));
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
