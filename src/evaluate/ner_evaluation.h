#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "evaluate/datasets/dataset.h"
#include "evaluate/evaluate_options.h"
#include "evaluate/task_report.h"
#include "tasks/token_classifier.h"

namespace jnlp {

/// One label for each word of each sentence.
using WordTagger =
    std::function<std::vector<WordTags>(std::span<const std::vector<std::string>> sentences)>;

/// Fills samples, metrics, performance, details, notes and predictions of `report` for named
/// entities. Types must have the same names on both sides; those that only one side knows are
/// noted. A model's labels in IOBES, IOB1 without any B-, or without prefixes are read as IOB2.
/// @throws Error invalid_input when no type is common to both sides, and what `tag` throws.
void evaluate_ner(const std::vector<NerExample>& examples,
                  const std::vector<std::string>& model_labels, const WordTagger& tag,
                  const EvaluateOptions& options, TaskReport* report);

}  // namespace jnlp
