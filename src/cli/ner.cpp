#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/answer_inputs.h"
#include "cli/commands.h"
#include "cli/task_command.h"
#include "tasks/token_classifier.h"

namespace jnlp {
namespace {

constexpr size_t kNerPreview = 100;
constexpr size_t kEntityLength = 60;

struct NerOptions {
  TaskOptions task;
  TagOptions tag;
};

OrderedJson to_json(const Entity& entity, const OffsetWriter& offsets) {
  OrderedJson json = {{"label", entity.label},
                      {"score", shortest(entity.score)},
                      {"text", entity.text},
                      {"start", offsets.begin(entity.span)},
                      {"end", offsets.end(entity.span)}};
  if (entity.index >= 0) json["index"] = entity.index;
  return json;
}

// Writes the entities one by one: all of a long text as one JSON value take a kilobyte each.
void write_json(const OrderedJson& fields, const Entities& result, const OffsetWriter& offsets) {
  const OrderedJson line = with_input_fields(
      fields, {{"entities", nullptr}, {"tokens", result.tokens}, {"windows", result.windows}});
  std::string separator = "{";
  for (const auto& [name, value] : line.items()) {
    write_output(separator + dump_json(OrderedJson(name)) + ":");
    separator = ",";
    if (name != "entities") {
      write_output(dump_json(value));
      continue;
    }
    const char* before = "[";
    for (const Entity& entity : result.entities) {
      write_output(before + dump_json(to_json(entity, offsets)));
      before = ",";
    }
    write_output(result.entities.empty() ? "[]" : "]");
  }
  write_output("}\n");
}

Colour label_colour(const std::string& label) {
  constexpr std::array kColours = {Colour::blue,    Colour::green, Colour::yellow,
                                   Colour::magenta, Colour::cyan,  Colour::red};
  const size_t hyphen = label.find('-');
  const std::string type = hyphen == std::string::npos ? label : label.substr(hyphen + 1);
  static const std::map<std::string, Colour> known = {{"PER", Colour::green},
                                                      {"ORG", Colour::blue},
                                                      {"LOC", Colour::yellow},
                                                      {"MISC", Colour::magenta}};
  if (const auto found = known.find(type); found != known.end()) return found->second;
  return kColours[std::hash<std::string>()(type) % kColours.size()];
}

std::string to_lines(const Entities& result, const std::string& text, const OffsetWriter& offsets) {
  std::string lines = preview(text, kNerPreview) + "\n";
  size_t width = 0;
  for (const Entity& entity : result.entities) width = std::max(width, entity.label.size());
  for (const Entity& entity : result.entities) {
    lines += fmt::format(
        "  {}  {:.4f}  {}  {}\n",
        coloured(fmt::format("{:<{}}", entity.label, width), label_colour(entity.label)),
        entity.score, preview(entity.text, kEntityLength),
        coloured(fmt::format("[{}, {})", offsets.begin(entity.span), offsets.end(entity.span)),
                 Colour::dim));
  }
  if (result.entities.empty()) lines += coloured("  (no entities)", Colour::dim) + "\n";
  return lines;
}

void run(NerOptions options) {
  use_standard_input_if_alone("ner", &options.task.input);
  TokenClassifier classifier(load_task_model(options.task));
  options.tag.max_length = options.task.max_length;
  options.tag.batch = options.task.batch();
  options.tag.progress = window_progress();
  const auto answer = [&](std::span<const TextItem> items) {
    std::vector<std::string> texts;
    for (const TextItem& item : items) texts.push_back(item.text);
    const std::vector<Entities> results = classifier.run(texts, options.tag);
    for (size_t i = 0; i < items.size(); ++i) {
      const OffsetWriter offsets(texts[i], options.task.byte_offsets);
      if (options.task.json) {
        write_json(items[i].record.fields, results[i], offsets);
      } else {
        write_output(to_lines(results[i], texts[i], offsets));
      }
    }
  };
  TextInput input(options.task.input);
  answer_inputs<TextItem>(input, text_item, answer);
}

}  // namespace

void add_ner_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("ner", "Find named entities in texts of any length");
  auto options = std::make_shared<NerOptions>();
  command->add_option("text", options->task.input.texts, "Texts; without any, see --file");
  add_task_options(*command, "ner", &options->task);
  add_offsets_option(*command, &options->task);
  const std::map<std::string, Aggregation> aggregations = {{"none", Aggregation::none},
                                                           {"simple", Aggregation::simple},
                                                           {"first", Aggregation::first},
                                                           {"average", Aggregation::average},
                                                           {"max", Aggregation::max}};
  command
      ->add_option("--aggregation", options->tag.aggregation,
                   "How tokens become entities: none, simple, first (default), average or max")
      ->transform(CLI::Transformer(aggregations, CLI::ignore_case))
      ->type_name("NAME");
  options->tag.aggregation = Aggregation::first;
  command
      ->add_option("--ignore-labels", options->tag.ignore_labels,
                   "Label that is no entity, repeatable (default: O)")
      ->allow_extra_args(false)
      ->type_name("LABEL");
  command
      ->add_option("--stride", options->tag.stride,
                   "Tokens that windows of a long text share (default: 1/4 window, at most 128)")
      ->check(CLI::Range(0, kMaxCount))
      ->type_name("TOKENS");
  command->footer(
      "Examples:\n"
      "  jetson-nlp ner \"Maria Silva works for Siemens in Porto\"\n"
      "  jetson-nlp ner --file report.txt --whole-file --json\n"
      "  jetson-nlp ner --file articles.jsonl --json --offsets bytes");
  command->callback([options] { run(*options); });
}

}  // namespace jnlp
