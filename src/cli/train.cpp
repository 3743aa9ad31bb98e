#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "cli/commands.h"

namespace jnlp {
namespace {

constexpr const char* kProgram = "jetson-nlp-train";

// Training links libtorch, which is large; it is a program of its own, found beside this one.
std::string program_path() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return kProgram;
  const auto beside = self.parent_path() / kProgram;
  return std::filesystem::exists(beside, error) ? beside.string() : kProgram;
}

[[noreturn]] void run_program(std::vector<std::string> arguments) {
  const std::string program = program_path();
  arguments.insert(arguments.begin(), program);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  execvp(program.c_str(), pointers.data());
  if (errno == ENOENT) {
    throw Error(
        ErrorCode::unsupported,
        "training is not part of this installation: the program jetson-nlp-train is neither "
        "beside jetson-nlp nor in PATH; build it with libtorch installed (Debian, Ubuntu: "
        "apt-get install libtorch-dev) and cmake -DJNLP_TRAIN=ON");
  }
  throw Error(ErrorCode::io, "cannot start " + program + ": " + std::strerror(errno));
}

}  // namespace

void add_train_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "train", "Fine-tune an encoder on your own data (see 'jetson-nlp train --help')");
  command->set_help_flag();
  command->prefix_command();
  command->callback([command] { run_program(command->remaining()); });
}

}  // namespace jnlp
