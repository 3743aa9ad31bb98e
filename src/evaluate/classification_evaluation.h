#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "evaluate/datasets/dataset.h"
#include "evaluate/evaluate_options.h"
#include "evaluate/task_report.h"
#include "tasks/text_classifier.h"

namespace jnlp {

/// The best label of each text, with its score, tokens and truncation.
using TextPredictor =
    std::function<std::vector<Classification>(std::span<const std::string> texts)>;

/// Fills samples, metrics, performance, details, notes and predictions of `report` for sentiment or
/// any other classification into one of several classes.
/// @throws Error invalid_input when the labels do not fit (see map_labels), and what `predict`
///   throws.
void evaluate_classification(const std::vector<ClassificationExample>& examples,
                             const std::vector<std::string>& model_labels,
                             const TextPredictor& predict, const EvaluateOptions& options,
                             TaskReport* report);

}  // namespace jnlp
