#pragma once

#include <cstdint>

#include "base/json.h"
#include "tasks/model.h"
#include "train/options.h"
#include "train/text_examples.h"

namespace jnlp {

struct DevResult {
  double score = 0;  ///< what is maximized: accuracy, entity F1, or answer F1; 0 to 1
  OrderedJson metrics;
};

/// Runs the task with the model on the data and measures it as `evaluate` does.
DevResult evaluate_dev(const LoadedModel& model, const LabelledData& dev,
                       const TrainOptions& options);

/// Keeps a random `count` of the examples (0: all).
void limit_examples(LabelledData* data, int64_t count, uint64_t seed);

/// `config` with the labels in id2label and label2id.
Json labelled_config(Json config, const std::vector<std::string>& labels);

}  // namespace jnlp
