#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "backends/text_generator.h"
#include "evaluate/datasets/dataset.h"
#include "evaluate/evaluate_options.h"
#include "evaluate/task_report.h"

namespace jnlp {

/// What a language model said to an example.
struct ChatReply {
  std::string text;                    ///< of the last turn
  std::vector<GenerationStats> turns;  ///< of each
  FinishReason finish_reason = FinishReason::end_of_text;
  int64_t tokens = 0;  ///< read and written
};

/// Says the turns of an example to a model that remembers nothing from before.
using ChatResponder = std::function<ChatReply(const ChatExample& example)>;

/// Fills samples, metrics, performance, generation, details, notes and predictions of `report` for
/// answers of a language model: the share of questions whose last answer contains an accepted one.
/// Questions without accepted answers are measured for speed only, and the notes say so.
/// @throws Error what `respond` throws.
void evaluate_chat(const std::vector<ChatExample>& examples, const ChatResponder& respond,
                   const EvaluateOptions& options, TaskReport* report);

}  // namespace jnlp
