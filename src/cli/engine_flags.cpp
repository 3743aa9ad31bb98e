#include "cli/engine_flags.h"

#include <CLI/CLI.hpp>
#include <string>

namespace jnlp {

void add_engine_flags(CLI::App& command, EngineOptions* options) {
  command
      .add_option_function<std::string>(
          "--dtype",
          [options](const std::string& name) { options->weights = *weight_type_named(name); },
          "Type of the weights: fp32 (default), or int8, which is faster and smaller")
      ->check(CLI::IsMember({"fp32", "int8"}))
      ->type_name("TYPE");
  command
      .add_option("--keep-fp32", options->keep_f32,
                  "Layers that stay FP32 with another --dtype: parts of names such as ffn.down, "
                  "attention.query or layers.0., parted by commas")
      ->delimiter(',')
      ->type_name("NAMES");
}

}  // namespace jnlp
