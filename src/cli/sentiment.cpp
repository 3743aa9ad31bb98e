#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/answer_inputs.h"
#include "cli/commands.h"
#include "cli/task_command.h"
#include "tasks/text_classifier.h"

namespace jnlp {
namespace {

constexpr size_t kSentimentPreview = 72;

struct SentimentOptions {
  TaskOptions task;
  ClassifyOptions classify;
};

struct ClassifierItem {
  InputRecord record;  // without the texts
  ClassifierInput input;
  size_t bytes = 0;
};

ClassifierItem classifier_item(InputRecord record) {
  ClassifierItem item;
  item.input.text = record.take_text("text");
  item.input.pair = record.take_optional_text("text_pair");
  item.bytes = item.input.text.size() + item.input.pair.value_or("").size();
  item.record = std::move(record);
  return item;
}

OrderedJson to_json(const Classification& result, int top_k) {
  OrderedJson json = {{"label", result.labels.front().label},
                      {"score", shortest(result.labels.front().score)}};
  if (top_k != 1) {
    OrderedJson labels = OrderedJson::array();
    for (const LabelScore& label : result.labels) {
      labels.push_back({{"label", label.label}, {"score", shortest(label.score)}});
    }
    json["labels"] = std::move(labels);
  }
  json["tokens"] = result.tokens;
  json["truncated"] = result.truncated;
  return json;
}

// Common label names of sentiment models; others stay without colour.
std::string paint(const std::string& padded, const std::string& label) {
  std::string name = label;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (name.starts_with("pos")) return coloured(padded, Colour::green);
  if (name.starts_with("neg")) return coloured(padded, Colour::red);
  if (name.starts_with("neu")) return coloured(padded, Colour::yellow);
  return padded;
}

std::string to_line(const Classification& result, const std::string& text, size_t width) {
  std::string line;
  for (const LabelScore& label : result.labels) {
    line += fmt::format("{}  {:.4f}  ",
                        paint(fmt::format("{:<{}}", label.label, width), label.label), label.score);
  }
  line += preview(text, kSentimentPreview);
  if (result.truncated) line += coloured("  [cut]", Colour::dim);
  return line + "\n";
}

size_t longest_label(const std::vector<std::string>& labels) {
  size_t width = 0;
  for (const std::string& label : labels) width = std::max(width, label.size());
  return width;
}

void run(SentimentOptions options) {
  use_standard_input_if_alone("sentiment", &options.task.input);
  TextClassifier classifier(load_task_model(options.task));
  options.classify.max_length = checked_max_length(classifier.model(), options.task.max_length);
  options.classify.batch = options.task.batch();
  const size_t width = longest_label(classifier.labels());
  TruncationNotice notice;
  const auto answer = [&](std::span<const ClassifierItem> items) {
    std::vector<ClassifierInput> inputs;
    for (const ClassifierItem& item : items) inputs.push_back(item.input);
    const std::vector<Classification> results = classifier.run(inputs, options.classify);
    for (size_t i = 0; i < items.size(); ++i) {
      notice.count(results[i].truncated, items[i].record.where);
      if (options.task.json) {
        OrderedJson json = to_json(results[i], options.classify.top_k);
        write_output(dump_json(with_input_fields(items[i].record.fields, std::move(json))) + "\n");
      } else {
        write_output(to_line(results[i], inputs[i].text, width));
      }
    }
  };
  TextInput input(options.task.input);
  answer_inputs<ClassifierItem>(input, classifier_item, answer);
  notice.print(options.classify.max_length);
}

}  // namespace

void add_sentiment_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("sentiment", "Classify texts, for example by sentiment");
  command->alias("classify");
  auto options = std::make_shared<SentimentOptions>();
  command->add_option("text", options->task.input.texts, "Texts; without any, see --file");
  add_task_options(*command, "sentiment", &options->task);
  command->add_option("--top-k", options->classify.top_k, "Labels per text; 0: all")
      ->capture_default_str()
      ->check(CLI::Range(0, kMaxCount));
  const std::map<std::string, ScoreFunction> functions = {{"softmax", ScoreFunction::softmax},
                                                          {"sigmoid", ScoreFunction::sigmoid},
                                                          {"none", ScoreFunction::none}};
  command
      ->add_option_function<ScoreFunction>(
          "--function",
          [options](ScoreFunction function) { options->classify.function = function; },
          "softmax, sigmoid or none; by default what the model's config asks for")
      ->transform(CLI::Transformer(functions, CLI::ignore_case))
      ->type_name("NAME");
  command->footer(
      "Examples:\n"
      "  jetson-nlp sentiment \"I love it\"\n"
      "  jetson-nlp sentiment --file reviews.txt --json > results.jsonl\n"
      "  echo '{\"id\": 7, \"text\": \"Never again.\"}' | jetson-nlp sentiment --json\n"
      "  jetson-nlp classify --model org/name --top-k 0 \"The router is broken again\"");
  command->callback([options] { run(*options); });
}

}  // namespace jnlp
