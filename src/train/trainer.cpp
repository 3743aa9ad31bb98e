#include "train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/error.h"
#include "base/progress.h"
#include "base/stopwatch.h"
#include "train/batch_plan.h"
#include "train/checkpoint.h"
#include "train/dev_evaluation.h"
#include "train/export.h"
#include "train/gradients.h"
#include "train/model_card.h"
#include "train/network_backend.h"
#include "train/runtime.h"
#include "train/text_examples.h"

namespace jnlp {
namespace {

namespace fs = std::filesystem;

// Everything of a run that does not change while it trains.
struct Prepared {
  ModelDir base;
  std::shared_ptr<const Tokenizer> tokenizer;
  LabelledData dev;
  std::vector<std::string> labels;
  std::vector<TrainExample> examples;
  TokenizationCounts counts;
  int64_t data_size = 0;
  int64_t outputs = 2;
};

Prepared prepare(const TrainOptions& options) {
  Prepared run{ModelDir::open(options.files.base), nullptr, {}, {}, {}, {}, 0, 2};
  const int64_t longest = read_encoder_config(run.base.config).max_sequence_length();
  if (options.max_length > longest) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("--max-length {} is more than the {} tokens that the base model allows",
                            options.max_length, longest));
  }
  run.tokenizer =
      std::make_shared<const Tokenizer>(Tokenizer::from_directory(run.base.tokenizer_path));
  const LabelledData data =
      read_labelled_data(options.files.data, options.task, options.label_names);
  run.data_size = static_cast<int64_t>(data.size());
  run.labels = collect_labels(data, options.task);
  if (options.task != TrainTask::qa) run.outputs = static_cast<int64_t>(run.labels.size());
  if (!options.files.dev.empty()) {
    run.dev = read_labelled_data(options.files.dev, options.task, options.label_names);
    check_labels(run.dev, options.task, run.labels);
    limit_examples(&run.dev, options.max_dev_examples, options.seed);
  }
  run.examples = tokenize_examples(data, *run.tokenizer, options, run.labels, &run.counts);
  return run;
}

// What a resumed run must share with the first one to give the same bits.
Json settings_of(const TrainOptions& options, const Prepared& run) {
  return {{"task", to_string(options.task)},
          {"method", to_string(options.method)},
          {"examples", run.examples.size()},
          {"tokens", run.counts.tokens},
          {"labels", run.labels},
          {"batch_size", options.batch_size},
          {"max_length", options.max_length},
          {"learning_rate", options.learning_rate},
          {"warmup_ratio", options.warmup_ratio},
          {"weight_decay", options.weight_decay},
          {"max_grad_norm", options.max_grad_norm},
          {"label_smoothing", options.label_smoothing},
          {"dropout", options.dropout},
          {"epochs", options.epochs},
          {"max_steps", options.max_steps},
          {"seed", options.seed},
          {"lora_rank", options.lora.rank},
          {"lora_alpha", options.lora.alpha},
          {"lora_targets", options.lora.targets}};
}

// The loop over batches, with evaluation, checkpoints, and stopping.
class Training {
 public:
  Training(const TrainOptions& options, const Prepared& run, const std::atomic<bool>& stop)
      : options_(options),
        run_(run),
        stop_(stop),
        pool_(options.threads),
        network_(run.base, options, run.outputs, training_device(options.device)),
        workers_(network_, options, &pool_),
        optimizer_(network_.parameters(), options.weight_decay, options.max_grad_norm),
        settings_(settings_of(options, run)),
        checkpoint_(options.files.output.string() + ".checkpoint") {
    const auto examples = static_cast<int64_t>(run.examples.size());
    steps_per_epoch_ = (examples + options.batch_size - 1) / options.batch_size;
    total_steps_ = options.max_steps > 0
                       ? options.max_steps
                       : static_cast<int64_t>(
                             std::ceil(options.epochs * static_cast<double>(steps_per_epoch_)));
    if (fs::exists(checkpoint_)) resume();
  }

  void run() {
    Progress progress("training", total_steps_);
    while (state_.step < total_steps_ && !out_of_time() && !out_of_patience()) {
      if (stop_ || (options_.stop_after > 0 && state_.step >= options_.stop_after)) interrupt();
      train_step();
      progress.note(fmt::format("loss {:.3f}{}", state_.smoothed_loss, best_note()));
      progress.set(state_.step);
      const bool last = state_.step == total_steps_ || out_of_time();
      if (last || state_.step % eval_every() == 0) evaluate();
      if (!last && state_.step % options_.checkpoint_every == 0) {
        fmt::print(stderr, "step {} of {}: loss {:.4f}, {:.0f} s\n", state_.step, total_steps_,
                   state_.smoothed_loss, seconds());
        save();
      }
    }
    finish();
  }

  const Network& network() const { return network_; }
  const TrainState& state() const { return state_; }
  const fs::path& checkpoint() const { return checkpoint_; }
  double seconds() const { return state_.seconds + stopwatch_.seconds(); }
  int64_t total_steps() const { return total_steps_; }
  int64_t trained_tokens() const { return trained_tokens_; }
  int threads() const { return pool_.size(); }
  OrderedJson final_metrics() const { return final_metrics_; }

 private:
  bool out_of_time() const {
    return options_.max_minutes > 0 && seconds() >= options_.max_minutes * 60;
  }
  bool out_of_patience() const {
    return options_.patience > 0 && state_.since_best >= options_.patience;
  }
  int64_t eval_every() const {
    return options_.eval_every > 0 ? options_.eval_every : steps_per_epoch_;
  }
  std::string best_note() const {
    return state_.best.empty() ? "" : fmt::format(", best dev {:.4f}", state_.best_score);
  }

  void resume() {
    state_ = load_checkpoint(checkpoint_, network_, &optimizer_, settings_);
    fmt::print(stderr, "continuing at step {} of {}\n", state_.step, total_steps_);
  }

  double learning_rate() const {
    double done = static_cast<double>(state_.step) / static_cast<double>(total_steps_);
    if (options_.max_minutes > 0) {
      done = std::max(done, std::min(1.0, seconds() / (options_.max_minutes * 60)));
    }
    const double warm_up = static_cast<double>(state_.step + 1) /
                           std::max(1.0, options_.warmup_ratio * static_cast<double>(total_steps_));
    return options_.learning_rate * std::min({1.0, warm_up, 1.0 - done});
  }

  const IndexList& next_batch() {
    const int64_t epoch = state_.step / steps_per_epoch_;
    if (epoch != planned_epoch_) {
      plan_ = plan_epoch(run_.examples, options_.batch_size, options_.seed, epoch);
      planned_epoch_ = epoch;
    }
    return plan_[static_cast<size_t>(state_.step % steps_per_epoch_)];
  }

  void train_step() {
    const IndexList& batch = next_batch();
    BatchGradients result = workers_.run(run_.examples, batch, state_.step);
    if (!std::isfinite(result.loss)) {
      throw Error(ErrorCode::invalid_input,
                  fmt::format("the loss is not a number any more at step {}; try a lower "
                              "--learning-rate",
                              state_.step));
    }
    optimizer_.step(result.gradients, learning_rate());
    ++state_.step;
    const double keep = state_.step == 1 ? 0 : 0.98;
    state_.smoothed_loss = keep * state_.smoothed_loss + (1 - keep) * result.loss;
    for (const int32_t index : batch) trained_tokens_ += run_.examples[index].size();
  }

  DevResult measure() {
    LoadedModel model;
    model.tokenizer = run_.tokenizer;
    model.backend =
        std::make_shared<NetworkBackend>(network_, &workers_, options_.task, run_.outputs);
    model.config = labelled_config(run_.base.config, run_.labels);
    model.path = options_.files.output;
    model.max_length = network_.config().max_sequence_length();
    return evaluate_dev(model, run_.dev, options_);
  }

  void evaluate() {
    if (run_.dev.size() == 0) return;
    const DevResult result = measure();
    state_.evaluations.push_back(
        {{"step", state_.step}, {"loss", state_.smoothed_loss}, {"metrics", result.metrics}});
    fmt::print(stderr, "step {}: loss {:.4f}, dev {}\n", state_.step, state_.smoothed_loss,
               result.metrics.dump());
    ++state_.since_best;
    if (result.score <= state_.best_score) return;
    state_.best_score = result.score;
    state_.best_step = state_.step;
    state_.since_best = 0;
    state_.best.clear();
    for (const Parameter& parameter : network_.parameters()) {
      state_.best.push_back(parameter.value.detach().clone());
    }
  }

  void save() {
    TrainState state = state_;
    state.seconds = seconds();
    save_checkpoint(checkpoint_, network_, optimizer_, state, settings_);
  }

  void interrupt() {
    save();
    throw Error(ErrorCode::deadline,
                fmt::format("stopped at step {} of {}; the same command with --resume continues",
                            state_.step, total_steps_));
  }

  // Takes the best parameters, rounded as they will be stored, and measures just these.
  void finish() {
    for (size_t i = 0; i < network_.parameters().size(); ++i) {
      at::Tensor value = network_.parameters()[i].value.detach();
      if (!state_.best.empty()) value.copy_(state_.best[i]);
      if (options_.half_precision_output) value.copy_(value.to(at::kHalf));
    }
    if (run_.dev.size() > 0) final_metrics_ = measure().metrics;
  }

  const TrainOptions& options_;
  const Prepared& run_;
  const std::atomic<bool>& stop_;
  ThreadPool pool_;
  Network network_;
  GradientWorkers workers_;
  Optimizer optimizer_;
  Json settings_;
  fs::path checkpoint_;
  int64_t steps_per_epoch_ = 0;
  int64_t total_steps_ = 0;
  int64_t planned_epoch_ = -1;
  std::vector<IndexList> plan_;
  TrainState state_;
  int64_t trained_tokens_ = 0;
  OrderedJson final_metrics_;
  Stopwatch stopwatch_;
};

OrderedJson make_report(const TrainOptions& options, const Prepared& run,
                        const Training& training) {
  const TrainState& state = training.state();
  OrderedJson data = OrderedJson::array();
  for (const fs::path& file : options.files.data) data.push_back(file.filename().string());
  OrderedJson dev = OrderedJson::array();
  for (const fs::path& file : options.files.dev) dev.push_back(file.filename().string());
  return {{"task", to_string(options.task)},
          {"method", to_string(options.method)},
          {"data", data},
          {"dev", dev},
          {"examples", run.data_size},
          {"sequences", run.examples.size()},
          {"tokens", run.counts.tokens},
          {"truncated", run.counts.truncated},
          {"skipped", run.counts.skipped},
          {"labels", run.labels},
          {"settings", settings_of(options, run)},
          {"steps", state.step},
          {"planned_steps", training.total_steps()},
          {"best_step", state.best.empty() ? state.step : state.best_step},
          {"metrics", training.final_metrics()},
          {"evaluations", state.evaluations},
          {"seconds", training.seconds()},
          {"threads", training.threads()}};
}

void check_output(const TrainOptions& options) {
  const fs::path checkpoint = options.files.output.string() + ".checkpoint";
  if (fs::exists(checkpoint) && !options.files.resume) {
    throw Error(ErrorCode::invalid_input,
                fmt::format("{} is left from a run that was stopped; continue it with --resume or "
                            "remove it",
                            checkpoint.string()));
  }
  if (fs::exists(options.files.output) && !options.files.overwrite) {
    throw Error(ErrorCode::invalid_input, fmt::format("{} exists; give --overwrite to replace it",
                                                      options.files.output.string()));
  }
}

}  // namespace

OrderedJson train(const TrainOptions& options, const std::atomic<bool>& stop) {
  check_output(options);
  prepare_runtime();
  const Prepared run = prepare(options);
  fmt::print(
      stderr, "{} examples in {} sequences of {} tokens{}\n", run.data_size, run.examples.size(),
      run.counts.tokens,
      run.counts.skipped > 0
          ? fmt::format("; {} questions left out: the answer has no place", run.counts.skipped)
          : "");
  Training training(options, run, stop);
  training.run();
  OrderedJson report = make_report(options, run, training);
  export_model(run.base, training.network(), options, run.labels,
               make_model_card(options, run.base, report), report);
  std::error_code ignored;
  fs::remove(training.checkpoint(), ignored);
  return report;
}

}  // namespace jnlp
