#include "cli/train_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace jnlp {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  jetson-nlp train --task sentiment --base sentence-transformers/all-MiniLM-L6-v2 \\\n"
    "      --data train.tsv --dev dev.tsv --output my-sentiment\n"
    "  jetson-nlp train --task ner --base models/bert --data train.conll --dev dev.conll \\\n"
    "      --output my-ner --method full --learning-rate 5e-5\n"
    "  jetson-nlp train --task qa --base models/bert --data train.json --output my-qa --resume\n"
    "Data: TSV, CSV or JSON lines with text and label; CoNLL columns; SQuAD JSON; gzip as it is.";

void add_files(CLI::App& app, TrainArguments* arguments) {
  TrainFiles& files = arguments->options.files;
  app.add_option("--task", arguments->task, "sentiment, classify, ner or qa")
      ->required()
      ->check(CLI::IsMember({"sentiment", "classify", "ner", "qa"}));
  app.add_option("--base", arguments->base, "Model to start from: a directory or a name")
      ->required();
  app.add_option("--base-name", files.base_name,
                 "What an adapter names as its base (default: --base)");
  app.add_option("--data", files.data, "Training data; several files are joined")->required();
  app.add_option("--dev", files.dev, "Development data: measured, never trained on");
  app.add_option("--output", files.output, "Directory to write")->required();
  app.add_flag("--overwrite", files.overwrite, "Replace the output if it exists");
  app.add_flag("--resume", files.resume, "Continue a run that was stopped, if there is one");
  app.add_option("--label-names", arguments->options.label_names,
                 "Names for integer labels, in order")
      ->delimiter(',');
  app.add_option("--data-terms", arguments->options.data_terms,
                 "Licence or terms of the data, for the model card");
}

void add_method(CLI::App& app, TrainArguments* arguments) {
  TrainOptions& options = arguments->options;
  app.add_option("--method", arguments->method, "lora: a small adapter; full: all weights")
      ->check(CLI::IsMember({"lora", "full"}))
      ->capture_default_str();
  app.add_option("--lora-rank", options.lora.rank)
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--lora-alpha", options.lora.alpha, "The addition is scaled by alpha / rank")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--lora-targets", options.lora.targets,
                 "Ends of the names of the layers to adapt (default: all linear layers)")
      ->delimiter(',');
  app.add_option("--save-dtype", arguments->dtype, "Type of the stored tensors")
      ->check(CLI::IsMember({"f32", "f16"}))
      ->capture_default_str();
  app.add_flag("--copy-tokenizer", options.copy_tokenizer,
               "Put the tokenizer's files into an adapter too");
}

void add_schedule(CLI::App& app, TrainOptions* options) {
  app.add_option("--epochs", options->epochs)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--max-steps", options->max_steps, "Instead of --epochs")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--max-minutes", options->max_minutes,
                 "Stop in time; the learning rate is lowered to 0 by then")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--batch-size", options->batch_size, "Sequences per step")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  app.add_option("--learning-rate", options->learning_rate)
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--warmup-ratio", options->warmup_ratio, "Part of the steps that warms up")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--weight-decay", options->weight_decay)
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--max-grad-norm", options->max_grad_norm, "0 for no limit")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--label-smoothing", options->label_smoothing)
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str();
  app.add_option("--dropout", options->dropout)->check(CLI::Range(0.0, 0.9))->capture_default_str();
  app.add_option("--seed", options->seed)->capture_default_str();
}

void add_run(CLI::App& app, TrainArguments* arguments) {
  TrainOptions& options = arguments->options;
  app.add_option("--max-length", options.max_length, "Tokens of a sequence")
      ->check(CLI::Range(8, 8192))
      ->capture_default_str();
  app.add_option("--stride", arguments->stride,
                 "Tokens shared by the windows of a long text (default: 64, or a quarter of "
                 "--max-length)")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--qa-windows", arguments->qa_windows,
                 "all windows of a context, or crop: a random one that holds the answer (faster)")
      ->check(CLI::IsMember({"all", "crop"}))
      ->capture_default_str();
  app.add_option("--eval-every", options.eval_every, "Steps between evaluations (0: every epoch)")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--max-dev-examples", options.max_dev_examples, "Evaluate on this many (0: all)")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--patience", options.patience,
                 "Stop after so many evaluations without a better one (0: never)")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--checkpoint-every", options.checkpoint_every, "Steps between checkpoints")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--stop-after", options.stop_after,
                 "Stop with a checkpoint at this step; continue later with --resume")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--threads", options.threads, "0: all that may be used")
      ->check(CLI::Range(0, 1024));
  app.add_option("--device", options.device)
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
      ->capture_default_str();
}

}  // namespace

void add_train_options(CLI::App& app, TrainArguments* arguments) {
  add_files(app, arguments);
  add_method(app, arguments);
  add_schedule(app, &arguments->options);
  add_run(app, arguments);
  app.footer(kFooter);
}

void finish_train_options(TrainArguments* arguments) {
  TrainOptions& options = arguments->options;
  if (arguments->task == "ner") options.task = TrainTask::ner;
  if (arguments->task == "qa") options.task = TrainTask::qa;
  options.method = arguments->method == "full" ? TrainMethod::full : TrainMethod::lora;
  options.qa_windows = arguments->qa_windows == "all" ? QaWindows::all : QaWindows::crop;
  options.half_precision_output = arguments->dtype == "f16";
  if (arguments->stride < 0) {
    options.stride = std::min(options.stride, options.max_length / 4);
  } else {
    options.stride = arguments->stride;
  }
  if (options.stride * 2 > options.max_length) {
    throw CLI::ValidationError("--stride", "must be at most half of --max-length");
  }
  if (options.files.base_name.empty()) options.files.base_name = arguments->base;
}

}  // namespace jnlp
