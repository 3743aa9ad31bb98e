#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "evaluate/evaluate_options.h"
#include "evaluate/task_report.h"
#include "report/host.h"

namespace jnlp {

/// Everything that one run of `evaluate` found out.
struct Evaluation {
  std::string created;  ///< UTC
  HostFacts host;
  EvaluateOptions options;
  int threads = 0;
  std::vector<TaskReport> tasks;
  /// Tasks of "all" that cannot run here, each with the reason.
  std::vector<std::pair<std::string, std::string>> left_out;
};

/// One table of all tasks, a line for each metric, with the facts needed to read it below.
std::string evaluation_text(const Evaluation& evaluation);

/// How the numbers came about, and the machine: a paragraph each.
std::vector<std::string> measurement_notes(const Evaluation& evaluation);

/// The result for machines; docs/evaluation.md describes its fields.
OrderedJson evaluation_json(const Evaluation& evaluation);

}  // namespace jnlp
