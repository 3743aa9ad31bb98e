#pragma once

#include <span>
#include <string_view>

#include "base/json.h"

namespace jnlp {

/// What turns logits into scores.
enum class ScoreFunction { softmax, sigmoid, none };

/// "softmax", "sigmoid" or "none". @throws Error invalid_input for another name.
ScoreFunction score_function_from_name(std::string_view name);

/// The function that a model's config asks for, by transformers' rule: `problem_type` "regression"
/// none; "multi_label_classification" or a single label sigmoid; else softmax.
ScoreFunction default_score_function(const Json& config, size_t labels);

/// Applies the function in place, in float with the greatest logit subtracted.
void apply_score_function(ScoreFunction function, std::span<float> logits);

}  // namespace jnlp
