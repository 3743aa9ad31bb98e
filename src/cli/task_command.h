#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/text_input.h"
#include "models/engine_options.h"
#include "tasks/batching.h"
#include "tasks/model.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace jnlp {

/// Upper end of options that count something.
inline constexpr int kMaxCount = 1'000'000;

/// What sentiment, ner, qa and embed have in common on the command line.
struct TaskOptions {
  std::string model;
  InputOptions input;
  bool json = false;
  int threads = 0;
  EngineOptions engine;
  int64_t batch_size = BatchLimits().max_sequences;
  int64_t max_length = 0;
  bool byte_offsets = false;

  BatchLimits batch() const { return {.max_sequences = batch_size}; }
};

/// Adds the common options to a command. `options` must outlive it.
void add_task_options(CLI::App& command, const std::string& default_model, TaskOptions* options);
/// The same without --max-length, for a command whose results have a length of their own.
void add_input_options(CLI::App& command, const std::string& default_model, TaskOptions* options);
/// Adds --offsets.
void add_offsets_option(CLI::App& command, TaskOptions* options);

/// Standard input becomes the source when neither texts nor files were given.
/// @throws CLI::ValidationError when standard input is a terminal: nobody would know what it waits
///   for.
void use_standard_input_if_alone(const std::string& command, InputOptions* input);

/// Loads the model with the threads asked for.
LoadedModel load_task_model(const TaskOptions& options, std::optional<Head> head = std::nullopt);

/// Shows how far the windows of a long text are, while standard error is a terminal.
WindowProgress window_progress();

/// Counts texts that were cut, and says so once on standard error at the end.
class TruncationNotice {
 public:
  void count(bool truncated, const std::string& where);
  void print(int64_t max_length) const;

 private:
  int64_t texts_ = 0;
  int64_t truncated_ = 0;
  std::string first_;
};

}  // namespace jnlp
