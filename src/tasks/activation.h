#pragma once

#include <span>
#include <string_view>

#include "base/json.h"

namespace jnlp {

/// What turns logits into scores.
enum class Activation { softmax, sigmoid, none };

/// "softmax", "sigmoid" or "none". @throws Error invalid_input for another name.
Activation activation_from_name(std::string_view name);

/// The function that a model's config asks for, by transformers' rule: `problem_type` "regression"
/// none; "multi_label_classification" or a single label sigmoid; else softmax.
Activation default_activation(const Json& config, size_t labels);

/// Applies the function in place, in float with the greatest logit subtracted.
void apply_activation(Activation activation, std::span<float> logits);

}  // namespace jnlp
