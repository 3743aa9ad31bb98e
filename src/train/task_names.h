#pragma once

#include <string>

#include "backends/backend.h"
#include "train/options.h"

namespace jnlp {

/// The head that a task trains.
Head head_of(TrainTask task);

/// The name of transformers' class, for example "BertForTokenClassification".
std::string architecture_name(const std::string& model_type, TrainTask task);

}  // namespace jnlp
