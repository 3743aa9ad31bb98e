#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "cli/evaluate_chat.h"
#include "cli/summary_flags.h"
#include "evaluate/datasets/dataset.h"
#include "evaluate/evaluate_options.h"
#include "evaluate/metrics/rouge.h"
#include "evaluate/task_report.h"
#include "models/engine_options.h"

namespace jnlp {

/// One task to evaluate: "sentiment", "ner", "qa", "summarization" or "chat".
struct EvaluateRequest {
  std::string task;
  std::string model;
  std::string dataset;
  std::vector<std::filesystem::path> data_dirs;
  ReadOptions read;
  EvaluateOptions options;
  std::shared_ptr<ThreadPool> pool;
  EngineOptions engine;
  SummaryFlags summary;  ///< of summarization alone, as the next
  RougeTokens rouge = RougeTokens::ascii_stemmed;
  ChatTaskFlags chat;  ///< of chat alone
};

/// Reads the data, loads the model, runs and scores it. `report->task`, its model's and its data
/// set's names are set before anything can fail.
/// @throws Error what any of these steps throws.
void evaluate_task(const EvaluateRequest& request, TaskReport* report);

}  // namespace jnlp
