#pragma once

#include <string>

#include "base/json.h"
#include "formats/model_dir.h"
#include "train/options.h"

namespace jnlp {

/// README.md of a trained model, in the form of Hugging Face model cards: base, data and its
/// terms, settings, results, command, and how to use it.
std::string make_model_card(const TrainOptions& options, const ModelDir& base,
                            const OrderedJson& report);

}  // namespace jnlp
