#include "cli/summary_flags.h"

#include <CLI/CLI.hpp>
#include <map>
#include <string>

#include "cli/task_command.h"

namespace jnlp {

std::string_view to_string(SummaryMethod method) {
  return method == SummaryMethod::lead ? "lead" : "extractive";
}

void add_summary_flags(CLI::App& command, SummaryFlags* flags) {
  const std::map<std::string, SummaryMethod> methods = {{"extractive", SummaryMethod::extractive},
                                                        {"lead", SummaryMethod::lead}};
  command
      .add_option_function<SummaryMethod>(
          "--method", [flags](SummaryMethod method) { flags->method = method; },
          "Summaries are the most central sentences of a text (extractive, default) or its "
          "first ones (lead; needs no model)")
      ->transform(CLI::Transformer(methods, CLI::ignore_case))
      ->type_name("NAME");
  command.add_option("--max-sentences", flags->options.max_sentences, "Sentences of a summary")
      ->capture_default_str()
      ->check(CLI::Range(1, kMaxCount));
  command
      .add_option("--max-length", flags->options.max_words,
                  "Words of a summary; a sentence is never cut. 0: no limit")
      ->capture_default_str()
      ->check(CLI::Range(0, kMaxCount))
      ->type_name("WORDS");
  command
      .add_option("--min-length", flags->options.min_words,
                  "More sentences than --max-sentences until there are so many words")
      ->capture_default_str()
      ->check(CLI::Range(0, kMaxCount))
      ->type_name("WORDS");
  command
      .add_option("--diversity", flags->weights.diversity,
                  "Extractive: weight of not saying the same twice, 0 to 1")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("WEIGHT");
  command
      .add_option("--position", flags->weights.position,
                  "Extractive: weight of standing at the beginning; 0 for texts whose gist may be "
                  "anywhere")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 100.0))
      ->type_name("WEIGHT");
}

}  // namespace jnlp
