#pragma once

#include <ATen/ATen.h>

namespace jnlp {

/// input * (weight + scale * lora_b * lora_a)^T + bias, for input [rows, inputs], with gradients to
/// input, lora_a and lora_b. The sum of the matrices is made first: it is small beside the product
/// with all rows, which then is one product forward and one backward, as without LoRA; the frozen
/// weight's gradient is never formed.
at::Tensor lora_linear(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                       const at::Tensor& lora_a, const at::Tensor& lora_b, double scale);

}  // namespace jnlp
