#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluate/evaluate_options.h"
#include "evaluate/metrics/rouge.h"
#include "evaluate/task_report.h"

namespace jnlp {

/// What is known of one summary when it was scored.
struct ScoredSummary {
  RougeScores scores;
  RougeScores lead3;  ///< of the document's first three sentences
  int64_t document_words = 0;
  int64_t reference_words = 0;
  int64_t summary_words = 0;
};

/// Means of the ROUGE scores and of their differences from lead-3, ratios of the sums of words,
/// each with its interval.
std::vector<Metric> summarization_metrics(std::span<const ScoredSummary> summaries,
                                          const EvaluateOptions& options);

}  // namespace jnlp
