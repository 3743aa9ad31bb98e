#include "cli/engine_flags.h"

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

namespace jnlp {

void add_engine_flags(CLI::App& command, EngineOptions* options) {
  command
      .add_option_function<std::string>(
          "--dtype",
          [options](const std::string& name) { options->weights = *weight_type_named(name); },
          "Type of the weights: fp32, bf16 or fp16, which halve their memory, or int8, which is "
          "fastest and smallest; by default what a prepared model was prepared for, else fp32")
      ->check(CLI::IsMember(weight_type_names()))
      ->type_name("TYPE");
  command
      .add_option_function<std::vector<std::string>>(
          "--keep-fp32",
          [options](const std::vector<std::string>& names) {
            const bool none = names == std::vector<std::string>{"none"};
            options->keep_f32 = none ? std::vector<std::string>{} : names;
          },
          "Layers that stay FP32 with another --dtype: parts of names such as ffn.down, "
          "attention.query, layers.0. or embeddings.word, parted by commas; none: no layer; by "
          "default with int8 those that the model's config.json names as int8_keep_fp32")
      ->delimiter(',')
      ->type_name("NAMES");
}

void add_head_option(CLI::App& command, std::optional<Head>* head) {
  std::map<std::string, Head> heads;
  for (const Head known : kAllHeads) heads.emplace(to_string(known), known);
  command
      .add_option("--head", *head,
                  "Last layer to compute, for example embedding; by default the model's own")
      ->transform(CLI::Transformer(heads))
      ->type_name("NAME");
}

}  // namespace jnlp
