#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backends/text_generator.h"
#include "evaluate/datasets/dataset.h"
#include "evaluate/evaluate_options.h"
#include "evaluate/task_report.h"

namespace jnlp {

/// What documents answer to a question.
struct FaqReply {
  bool found = false;
  std::string text;                  ///< empty unless found
  std::string kind;                  ///< for the predictions
  std::vector<std::string> sources;  ///< "file#name" of the nearest passages, nearest first
  float similarity = 0;              ///< of the nearest
  std::optional<GenerationStats> generation;  ///< of a language model that wrote the answer
  int64_t tokens = 0;
};

using FaqResponder = std::function<FaqReply(const std::string& question)>;

/// Fills samples, metrics, performance, generation, details, notes and predictions of `report` for
/// questions that are answered from documents: whether the nearest passage, or one of those looked
/// at, is the source that the data names; whether the answer contains an accepted one; how many
/// questions without an answer are refused.
/// @throws Error what `respond` throws; invalid_input for questions of several turns, or when no
///   question names answers or a source.
void evaluate_faq(const std::vector<ChatExample>& examples, const FaqResponder& respond,
                  const EvaluateOptions& options, TaskReport* report);

}  // namespace jnlp
