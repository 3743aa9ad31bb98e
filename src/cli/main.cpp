#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include "base/error.h"
#include "cli/commands.h"

namespace {

constexpr int kExitOk = 0;
constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;

int report(const char* message, int exit_code) {
  std::fprintf(stderr, "jetson-nlp: %s\n", message);
  return exit_code;
}

// CLI11 knows help, version and wrong usage; each prints what fits and has its exit code.
int report_parse_error(CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);
  std::string message = error.what();
  for (char& c : message) {
    if (c == '\n') c = ' ';
  }
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  std::string help = "jetson-nlp";
  if (command != &app) help += " " + command->get_name();
  std::fprintf(stderr, "jetson-nlp: %s (see '%s --help')\n", message.c_str(), help.c_str());
  return kExitUsage;
}

}  // namespace

int main(int argc, char** argv) {
  // A closed pipe (`jetson-nlp ... | head`) is an ordinary write error, not a crash.
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Evaluates, optimizes, serves and load-tests NLP models on edge devices.",
               "jetson-nlp");
  app.set_version_flag("--version", "jetson-nlp " JNLP_VERSION);
  app.require_subcommand(1);
  jnlp::add_commands(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report_parse_error(app, error);
  } catch (const jnlp::Error& error) {
    return report(error.what(), kExitFailure);
  } catch (const std::bad_alloc&) {
    return report("out of memory; try a smaller batch or a smaller model", kExitFailure);
  } catch (const std::exception& error) {
    return report(error.what(), kExitFailure);
  }
  if (std::fflush(stdout) != 0) return report("cannot write standard output", kExitFailure);
  return kExitOk;
}
