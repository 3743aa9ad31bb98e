#include "cli/server_config.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace jnlp {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& why) {
  throw CLI::ConfigError(fmt::format("{}: {}", file.string(), why), CLI::ExitCodes::ConfigError);
}

bool is_section_mark(const CLI::ConfigItem& item) {
  return item.name == "++" || item.name == "--";
}

CLI::Option* option_of(CLI::App& command, const CLI::ConfigItem& item) {
  const bool is_ours =
      item.parents.empty() || (item.parents.size() == 1 && item.parents.front() == "server");
  const bool is_option = item.name != "config" && item.name != "help";
  return is_ours && is_option ? command.get_option_no_throw("--" + item.name) : nullptr;
}

void apply(CLI::Option& option, const CLI::ConfigItem& item) {
  if (option.get_expected_min() == 0) {  // a flag
    if (item.inputs.size() != 1) throw CLI::ConversionError::TooManyInputsFlag(item.fullname());
    option.add_result(option.get_flag_value(item.name, item.inputs.front()));
  } else {
    option.add_result(item.inputs);
  }
  option.run_callback();
}

std::vector<CLI::ConfigItem> items_of(const std::filesystem::path& file) {
  try {
    std::istringstream text(read_file(file));
    return CLI::ConfigTOML().from_config(text);
  } catch (const Error& error) {
    fail(file, error.what());
  }
}

}  // namespace

void apply_server_config(CLI::App& command, const std::filesystem::path& file, ServerFlags* flags) {
  const std::map<std::string, std::string> models = flags->models;
  std::vector<const CLI::Option*> given;  // by the command line, the environment or an earlier line
  for (const CLI::Option* option : command.get_options()) {
    if (option->count() > 0) given.push_back(option);
  }
  std::vector<const CLI::Option*> seen;
  const auto has = [](const auto& list, const CLI::Option* option) {
    return std::find(list.begin(), list.end(), option) != list.end();
  };
  for (const CLI::ConfigItem& item : items_of(file)) {
    if (is_section_mark(item)) continue;
    CLI::Option* option = option_of(command, item);
    if (option == nullptr) {
      fail(file, fmt::format("unknown key '{}'; keys are the long names of the command's options, "
                             "for example: port = 8000",
                             item.fullname()));
    }
    if (has(seen, option)) fail(file, fmt::format("'{}' stands there twice", item.fullname()));
    seen.push_back(option);
    if (has(given, option)) continue;
    try {
      apply(*option, item);
    } catch (const CLI::ParseError& error) {
      fail(file, error.what());
    }
  }
  for (const auto& [task, model] : models) flags->models[task] = model;
}

}  // namespace jnlp
