#include "cli/engine_flags.h"

#include <CLI/CLI.hpp>
#include <string>

namespace jnlp {

void add_engine_flags(CLI::App& command, EngineOptions* options) {
  command
      .add_option_function<std::string>(
          "--dtype",
          [options](const std::string& name) { options->weights = *weight_type_named(name); },
          "Type of the weights: fp32 (default), bf16 or fp16, which halve their memory, or int8, "
          "which is fastest and smallest")
      ->check(CLI::IsMember(weight_type_names()))
      ->type_name("TYPE");
  command
      .add_option("--keep-fp32", options->keep_f32,
                  "Layers that stay FP32 with another --dtype: parts of names such as ffn.down, "
                  "attention.query or layers.0., parted by commas")
      ->delimiter(',')
      ->type_name("NAMES");
}

}  // namespace jnlp
