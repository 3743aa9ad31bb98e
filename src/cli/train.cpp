#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/train_options.h"

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

// The words behind `train` as they were given; the parser keeps them only in pieces.
std::vector<std::string> own_arguments() {
  const std::string line = read_file("/proc/self/cmdline");
  std::vector<std::string> words;
  for (size_t begin = 0; begin < line.size();) {
    const size_t end = std::min(line.find('\0', begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  words.erase(words.begin(), words.begin() + std::min<std::ptrdiff_t>(2, std::ssize(words)));
  return words;
}

[[noreturn]] void run_program() {
  const std::string program = program_path();
  std::vector<std::string> arguments = own_arguments();
  arguments.insert(arguments.begin(), program);
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  execvp(program.c_str(), pointers.data());
  // EACCES is also the answer when a folder of PATH may not be searched.
  if (errno == ENOENT || errno == EACCES) {
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
  CLI::App* command = app.add_subcommand("train", "Fine-tune an encoder on your own data");
  auto arguments = std::make_shared<TrainArguments>();
  add_train_options(*command, arguments.get());
  command->callback([arguments] {
    finish_train_options(arguments.get());
    run_program();
  });
}

}  // namespace jnlp
