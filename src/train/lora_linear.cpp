#include "train/lora_linear.h"

#include <torch/csrc/autograd/custom_function.h>

namespace jnlp {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct LoraLinear : torch::autograd::Function<LoraLinear> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input,
                            const at::Tensor& weight, const at::Tensor& bias,
                            const at::Tensor& lora_a, const at::Tensor& lora_b, double scale) {
    const at::Tensor sum = at::addmm(weight, lora_b, lora_a, 1, scale);
    context->save_for_backward({input, sum, lora_a, lora_b});
    context->saved_data["scale"] = scale;
    context->saved_data["input_needs_grad"] = input.requires_grad();
    return at::addmm(bias, input, sum.t());
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &input = saved[0], &sum = saved[1], &lora_a = saved[2], &lora_b = saved[3];
    const double scale = context->saved_data["scale"].toDouble();
    const at::Tensor output = gradients[0].contiguous();
    at::Tensor to_input;
    if (context->saved_data["input_needs_grad"].toBool()) to_input = at::mm(output, sum);
    const at::Tensor to_b = at::mm(output.t(), at::mm(input, lora_a.t())) * scale;
    const at::Tensor to_a = at::mm(at::mm(output, lora_b).t(), input) * scale;
    return {to_input, {}, {}, to_a, to_b, {}};
  }
};

}  // namespace

at::Tensor lora_linear(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                       const at::Tensor& lora_a, const at::Tensor& lora_b, double scale) {
  return LoraLinear::apply(input, weight, bias, lora_a, lora_b, scale);
}

}  // namespace jnlp
