#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "evaluate/datasets/dataset.h"
#include "evaluate/evaluate_options.h"
#include "evaluate/metrics/rouge.h"
#include "evaluate/task_report.h"
#include "tasks/summarizer.h"

namespace jnlp {

/// The summary of each document.
using SummaryPredictor =
    std::function<std::vector<Summary>(std::span<const std::string> documents)>;

/// Fills samples, metrics, performance, details, notes and predictions of `report` for
/// summarization. Beside each ROUGE score of the summaries stands that of the first three sentences
/// of the documents, and the difference with its interval.
/// @throws Error what `predict` throws.
void evaluate_summarization(const std::vector<SummarizationExample>& examples,
                            const SummaryPredictor& predict, RougeTokens tokens,
                            const EvaluateOptions& options, TaskReport* report);

}  // namespace jnlp
