#include "train/model_card.h"

#include <fmt/format.h>

namespace jnlp {
namespace {

const char* task_title(TrainTask task) {
  switch (task) {
    case TrainTask::classification:
      return "text classification";
    case TrainTask::ner:
      return "named entity recognition";
    case TrainTask::qa:
      return "extractive question answering";
  }
  return "";
}

const char* pipeline_tag(TrainTask task) {
  switch (task) {
    case TrainTask::classification:
      return "text-classification";
    case TrainTask::ner:
      return "token-classification";
    case TrainTask::qa:
      return "question-answering";
  }
  return "";
}

std::string base_name(const TrainOptions& options) {
  return options.files.base_name.empty() ? options.files.base.filename().string()
                                         : options.files.base_name;
}

std::string front_matter(const TrainOptions& options) {
  std::string text = fmt::format("---\nbase_model: {}\npipeline_tag: {}\n", base_name(options),
                                 pipeline_tag(options.task));
  if (options.method == TrainMethod::lora) text += "library_name: peft\n";
  return text + "---\n\n";
}

std::string names(const OrderedJson& list) {
  std::string text;
  for (const auto& item : list) {
    if (!text.empty()) text += ", ";
    text += "`" + item.get<std::string>() + "`";
  }
  return text.empty() ? "none" : text;
}

std::string data_section(const TrainOptions& options, const OrderedJson& report) {
  std::string text = fmt::format(
      "## Data\n\n{} examples ({} sequences, {} tokens) from {}. Development data: {}, never "
      "trained "
      "on.\n\n",
      report.at("examples").get<int64_t>(), report.at("sequences").get<int64_t>(),
      report.at("tokens").get<int64_t>(), names(report.at("data")), names(report.at("dev")));
  text += "Terms of the data: ";
  text += options.data_terms.empty()
              ? "not stated by whoever trained this model; find them out before passing it on."
              : options.data_terms;
  return text + "\n\n";
}

std::string result_section(const OrderedJson& report) {
  const OrderedJson& metrics = report.at("metrics");
  if (!metrics.is_object()) return "## Results\n\nNot measured: no development data was given.\n\n";
  std::string text = "## Results on the development data\n\n| metric | value |\n|---|---|\n";
  for (const auto& [name, value] : metrics.items()) {
    text += value.is_number_float() ? fmt::format("| {} | {:.4f} |\n", name, value.get<double>())
                                    : fmt::format("| {} | {} |\n", name, value.dump());
  }
  return text + "\n";
}

std::string training_section(const TrainOptions& options, const OrderedJson& report) {
  const int threads = report.at("threads").get<int>();
  std::string text = fmt::format(
      "## Training\n\n{} for {} steps of {} sequences ({:.0f} minutes on {} thread{}); the weights "
      "are "
      "those of step {}.\n",
      options.method == TrainMethod::lora
          ? fmt::format("LoRA of rank {} (alpha {:g}) with a new head", options.lora.rank,
                        options.lora.alpha)
          : "All weights",
      report.at("steps").get<int64_t>(), options.batch_size,
      report.at("seconds").get<double>() / 60, threads, threads == 1 ? "" : "s",
      report.at("best_step").get<int64_t>());
  if (!options.command_line.empty()) {
    text += fmt::format("\n```\n{}\n```\n", options.command_line);
  }
  return text + "\n`training.json` holds all settings and evaluations.\n\n";
}

std::string use_section(const TrainOptions& options) {
  std::string text = "## Use\n\n";
  const std::string name = options.files.output.filename().string();
  switch (options.task) {
    case TrainTask::classification:
      return text +
             fmt::format("```\njetson-nlp sentiment --model {} \"A fine film.\"\n```\n", name);
    case TrainTask::ner:
      return text +
             fmt::format("```\njetson-nlp ner --model {} \"Ada lives in London.\"\n```\n", name);
    case TrainTask::qa:
      return text + fmt::format(
                        "```\njetson-nlp qa --model {} --question \"Where does Ada live?\" "
                        "--context-file text.txt\n```\n",
                        name);
  }
  return text;
}

}  // namespace

std::string make_model_card(const TrainOptions& options, const ModelDir& base,
                            const OrderedJson& report) {
  const bool adapter = options.method == TrainMethod::lora;
  std::string text = front_matter(options);
  text += fmt::format("# {}: {}\n\n", options.files.output.filename().string(),
                      task_title(options.task));
  text += fmt::format("{} `{}` ({}, {} layers){}\n\n",
                      adapter ? "A LoRA adapter, in PEFT's layout, for" : "Fine-tuned from",
                      base_name(options), base.config.value("model_type", "encoder"),
                      base.config.value("num_hidden_layers", base.config.value("n_layers", 0)),
                      adapter ? "; the base's weights are not part of it." : ".");
  const OrderedJson& labels = report.at("labels");
  if (!labels.empty()) text += fmt::format("Labels: {}.\n\n", names(labels));
  return text + data_section(options, report) + result_section(report) +
         training_section(options, report) + use_section(options);
}

}  // namespace jnlp
