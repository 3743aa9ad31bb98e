#pragma once

#include <string>

#include "train/options.h"

namespace CLI {
class App;
}

namespace jnlp {

/// What the command line of `train` says. It needs no libtorch, so that `jetson-nlp train --help`,
/// usage errors and completion also work where the training program is not installed.
struct TrainArguments {
  TrainOptions options;
  std::string task;
  std::string base;
  std::string method = "lora";
  std::string qa_windows = "all";
  std::string dtype = "f32";
  int64_t stride = -1;  ///< as given; -1: 64, or a quarter of a short max_length
};

/// Adds all options of `train` to `app`, with checks and examples.
void add_train_options(CLI::App& app, TrainArguments* arguments);

/// Fills in `arguments->options` from the words after parsing. What does not fit together is a
/// CLI::ValidationError. The base model is not resolved yet.
void finish_train_options(TrainArguments* arguments);

}  // namespace jnlp
