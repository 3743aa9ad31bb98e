#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ops/linear.h"

namespace jnlp {

/// Factors for the inputs of a layer with INT8 weights that even out what is hard to quantize: a
/// row of activations has one scale for all of its channels, so a few large channels make coarse
/// steps for all others. The channel j is multiplied by sqrt(max |W_j| / max |x_j|), and its
/// weights are divided by that, so that both have the same range (SmoothQuant with alpha = 0.5,
/// Xiao et al. 2022). `input_maxima`: max |x_j| on typical texts, `inputs` of them, finite and not
/// negative. Empty when activations or weights are all zero.
std::vector<float> smoothing_factors(int64_t inputs, std::span<const LinearPart> parts,
                                     std::span<const float> input_maxima);

}  // namespace jnlp
