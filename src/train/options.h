#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace jnlp {

enum class TrainTask {
  classification,  ///< one label per text (sentiment is one)
  ner,             ///< an IOB2 tag per word
  qa,              ///< extractive question answering
};

enum class TrainMethod {
  lora,  ///< low-rank additions to the linear layers (Hu et al. 2021), and a new head
  full,  ///< all weights
};

/// How windows of a context that is longer than max_length are used for training.
enum class QaWindows {
  all,   ///< every window; one without the answer teaches "no answer here" (first token)
  crop,  ///< one window that holds the answer, of a random length from 0.4 to 1 of max_length, at
         ///< a random place: shorter sequences, so more questions in the same time
};

struct LoraOptions {
  int64_t rank = 16;
  /// The addition is scaled by alpha / rank.
  double alpha = 32;
  /// Ends of module names ("query", "attention.output.dense"); empty means every linear layer of
  /// the encoder.
  std::vector<std::string> targets;
};

/// Where a run reads and writes.
struct TrainFiles {
  std::filesystem::path base;  ///< model directory with config.json and safetensors
  std::string base_name;       ///< what an adapter names as its base; empty: the path
  std::vector<std::filesystem::path> data;
  std::vector<std::filesystem::path> dev;  ///< may be empty: then nothing is measured
  std::filesystem::path output;
  bool overwrite = false;
  /// Continue from the checkpoint of a run that was killed, when there is one.
  bool resume = false;
};

struct TrainOptions {
  TrainTask task = TrainTask::classification;
  TrainMethod method = TrainMethod::lora;
  TrainFiles files;
  LoraOptions lora;

  double epochs = 3;
  int64_t max_steps = 0;     ///< 0: as many as the epochs have
  double max_minutes = 0;    ///< 0: no limit; else the learning rate ends its decay in this time
  int64_t batch_size = 32;   ///< examples (windows) per step
  int64_t max_length = 256;  ///< tokens
  int64_t stride = 64;       ///< tokens shared by neighbouring windows
  QaWindows qa_windows = QaWindows::all;

  double learning_rate = 5e-4;
  double warmup_ratio = 0.06;
  double weight_decay = 0.01;
  double max_grad_norm = 1.0;
  double label_smoothing = 0;
  double dropout = 0.1;
  uint64_t seed = 42;

  int64_t eval_every = 0;          ///< steps; 0: at the end of every epoch
  int64_t patience = 0;            ///< evaluations without a better one before stopping; 0: never
  int64_t checkpoint_every = 200;  ///< steps
  int64_t stop_after = 0;        ///< stop with a checkpoint at this step, to be resumed; 0: do not
  int64_t max_dev_examples = 0;  ///< 0: all

  int threads = 0;                     ///< 0: all that this process may use
  std::string device = "auto";         ///< auto, cpu or cuda
  bool half_precision_output = false;  ///< store tensors as F16
  /// Put the tokenizer's files into an adapter too (a full model always has them).
  bool copy_tokenizer = false;

  std::vector<std::string> label_names;  ///< names of integer labels, in order
  std::string data_terms;                ///< for the model card
  std::string command_line;              ///< for the model card
};

/// For example "classification".
const char* to_string(TrainTask task);
const char* to_string(TrainMethod method);

}  // namespace jnlp
