#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "cli/answer_inputs.h"
#include "cli/commands.h"
#include "cli/task_command.h"
#include "tasks/embedder.h"

namespace jnlp {
namespace {

struct EmbedCommandOptions {
  TaskOptions task;
  EmbedOptions embed;
};

OrderedJson to_json(const Embedding& result) {
  OrderedJson values = OrderedJson::array();
  for (const float value : result.values) values.push_back(shortest(value));
  return {
      {"embedding", std::move(values)}, {"tokens", result.tokens}, {"truncated", result.truncated}};
}

std::string to_line(const Embedding& result) {
  return fmt::format("{}\n", fmt::join(result.values, " "));
}

void run(EmbedCommandOptions options) {
  use_standard_input_if_alone("embed", &options.task.input);
  Embedder embedder(load_task_model(options.task, Head::embedding));
  options.embed.max_length = checked_max_length(embedder.model(), options.task.max_length);
  options.embed.batch = options.task.batch();
  TruncationNotice notice;
  const auto answer = [&](std::span<const TextItem> items) {
    std::vector<std::string> texts;
    for (const TextItem& item : items) texts.push_back(item.text);
    const std::vector<Embedding> results = embedder.run(texts, options.embed);
    for (size_t i = 0; i < items.size(); ++i) {
      notice.count(results[i].truncated, items[i].record.where);
      if (options.task.json) {
        OrderedJson json = to_json(results[i]);
        write_output(dump_json(with_input_fields(items[i].record.fields, std::move(json))) + "\n");
      } else {
        write_output(to_line(results[i]));
      }
    }
  };
  TextInput input(options.task.input);
  answer_inputs<TextItem>(input, text_item, answer);
  notice.print(options.embed.max_length);
}

}  // namespace

void add_embed_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("embed", "Turn texts into sentence embeddings");
  auto options = std::make_shared<EmbedCommandOptions>();
  command->add_option("text", options->task.input.texts, "Texts; without any, see --file");
  add_task_options(*command, "all-MiniLM-L6-v2", &options->task);
  command->add_flag("--normalize", options->embed.normalize,
                    "Scale to length 1 even when the model itself does not");
  command->footer(
      "Examples:\n"
      "  jetson-nlp embed \"A text\"                         numbers in one line\n"
      "  jetson-nlp embed --file texts.txt --json > vectors.jsonl\n"
      "  jetson-nlp embed --model DIR --normalize \"any encoder, mean of its tokens\"");
  command->callback([options] { run(*options); });
}

}  // namespace jnlp
