#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "evaluate/generation_speed.h"
#include "evaluate/metrics/interval.h"

namespace jnlp {

/// An estimate with its 95 % interval.
struct Metric {
  std::string key;   ///< for machines, for example "seqeval_f1"
  std::string name;  ///< for people, for example "F1 (seqeval)"
  double value = 0;
  Interval interval;
  bool in_table = true;  ///< false: only in the JSON result
  bool is_share = true;  ///< from 0 to 1, so that a chart can show it
};

/// How fast the samples went through. Times run from text to result, tokenization included.
struct Performance {
  size_t warmup_samples = 0;  ///< run before, not measured
  double latency_p50_ms = 0;  ///< one sample at a time; quantiles by linear interpolation
  double latency_p95_ms = 0;
  double latency_p99_ms = 0;
  double latency_mean_ms = 0;
  double latency_max_ms = 0;
  int64_t batch_size = 0;  ///< samples given at once in the second pass, which the rest is from
  double seconds = 0;
  double samples_per_second = 0;
  double tokens_per_second = 0;
  int64_t tokens = 0;
  double cpu_use = 0;              ///< CPU seconds per second: 2.0 means that two CPUs were busy
  size_t changed_by_batching = 0;  ///< samples whose result differed between the two passes
};

/// What loading the model took. Bytes are -1 where the system does not say.
struct LoadFacts {
  double first_seconds = -1;      ///< from the state that the page cache was in; -1: no model
  int64_t first_disk_bytes = -1;  ///< read from storage meanwhile: 0 means it was all cached
  double warm_seconds = -1;       ///< loaded once more, files cached
  int64_t resident_bytes = -1;    ///< of the process, after loading
  int64_t peak_bytes = -1;        ///< of the process, from before loading to the end of the task
};

/// The result of one task on one data set.
struct TaskReport {
  std::string task;
  std::string failure;  ///< why there is no result; empty when there is one

  std::string model_name;
  std::string model_path;
  std::string engine;  ///< the backend's description: precision, instruction set, threads
  LoadFacts load;

  std::string dataset_name;
  std::vector<std::string> dataset_files;
  std::string dataset_format;
  size_t dataset_size = 0;  ///< samples there are
  size_t samples = 0;       ///< samples used
  size_t truncated = 0;     ///< samples whose end the model did not see
  size_t windowed = 0;      ///< samples read in several windows

  std::vector<Metric> metrics;  ///< the one that matters most first
  Performance performance;
  std::optional<GenerationSpeed> generation;  ///< of tasks in which a language model wrote
  OrderedJson details;             ///< per class or type, confusion matrix, label mapping
  std::vector<std::string> notes;  ///< what a reader of the numbers must know
  std::vector<OrderedJson> predictions;
};

/// The whole report but the predictions.
OrderedJson to_json(const TaskReport& report);

}  // namespace jnlp
