#pragma once

#include <functional>
#include <span>
#include <vector>

#include "evaluate/datasets/dataset.h"
#include "evaluate/evaluate_options.h"
#include "evaluate/task_report.h"
#include "tasks/question_answerer.h"

namespace jnlp {

/// The best answer to each question; `may_be_empty` says that some questions have none, so that
/// the empty answer must compete.
using AnswerPredictor =
    std::function<std::vector<Answers>(std::span<const QuestionContext> inputs, bool may_be_empty)>;

/// Fills samples, metrics, performance, details, notes and predictions of `report` for extractive
/// question answering: by SQuAD 1.1's rules, or by SQuAD 2.0's when the data has questions without
/// an answer.
/// @throws Error what `predict` throws.
void evaluate_qa(const std::vector<QaExample>& examples, const AnswerPredictor& predict,
                 const EvaluateOptions& options, TaskReport* report);

}  // namespace jnlp
