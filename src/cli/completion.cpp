#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "cli/commands.h"

namespace jnlp {
namespace {

std::string long_options(const CLI::App& command) {
  std::string words;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) words += "--" + name + " ";
  }
  return words;
}

std::string command_names(const CLI::App& app) {
  std::string words;
  for (const CLI::App* command : app.get_subcommands({})) words += command->get_name() + " ";
  return words;
}

std::string bash_script(const CLI::App& app) {
  std::string script =
      "_jetson_nlp() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} words\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    words='" +
      command_names(app) + long_options(app) +
      "'\n"
      "  else\n"
      "    case $command in\n";
  for (const CLI::App* command : app.get_subcommands({})) {
    script += "      " + command->get_name() + ") words='" + long_options(*command) + "' ;;\n";
  }
  script +=
      "    esac\n"
      "  fi\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$current\"))\n"
      "}\n"
      "complete -o filenames -F _jetson_nlp jetson-nlp\n";
  return script;
}

std::string fish_script(const CLI::App& app) {
  std::string script;
  for (const CLI::App* command : app.get_subcommands({})) {
    const std::string name = command->get_name();
    script += "complete -c jetson-nlp -n __fish_use_subcommand -f -a " + name + "\n";
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& long_name : option->get_lnames()) {
        script += fmt::format("complete -c jetson-nlp -n '__fish_seen_subcommand_from {}' -l {}\n",
                              name, long_name);
      }
    }
  }
  return script;
}

}  // namespace

void add_completion_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("completion", "Print a shell completion script");
  auto* shell = command->add_option("shell", "bash, zsh or fish")
                    ->required()
                    ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer("Example: source <(jetson-nlp completion bash)");
  command->callback([&app, shell] {
    const auto name = shell->as<std::string>();
    std::string script = name == "fish" ? fish_script(app) : bash_script(app);
    if (name == "zsh") script = "autoload -U +X bashcompinit && bashcompinit\n" + script;
    std::fputs(script.c_str(), stdout);
  });
}

}  // namespace jnlp
